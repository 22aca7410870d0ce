package io.millrace.cli.experiment;

import io.millrace.cli.experiment.load.LoadShape;

/// What the failover experiment does.
///
/// @param rounds in each the leader is killed, then the next leader
/// @param load the clients' work
/// @param calmMs undisturbed load before every kill and restart, half of it to half more by chance
/// @param seed of that chance
record FailoverPlan(int rounds, LoadShape load, long calmMs, long seed) {
    static final int NODES = 3;
    static final int IN_SYNC_MIN = 2;
}
