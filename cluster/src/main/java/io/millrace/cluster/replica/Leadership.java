package io.millrace.cluster.replica;

import io.millrace.broker.catalog.TopicSettings;

/// What the metadata says about a partition this node leads.
///
/// @param leaderEpoch the epoch of this leadership; stamped into every batch appended under it
/// @param isrSize replicas in sync, this one included
public record Leadership(int leaderEpoch, int isrSize, TopicSettings settings) {}
