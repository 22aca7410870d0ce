package io.millrace.cluster.raft;

import io.millrace.cluster.LeaseCell;
import io.millrace.cluster.QuorumSight;

/// A cell that tells what the metadata thread knows to all others.
final class SharedLeaseCell implements LeaseCell {
    private volatile long untilMs = NEVER;
    private volatile QuorumSight sight = NOTHING_SEEN;

    @Override
    public long untilMs() {
        return untilMs;
    }

    @Override
    public void set(long untilMs) {
        this.untilMs = untilMs;
    }

    @Override
    public QuorumSight quorum() {
        return sight;
    }

    @Override
    public void see(QuorumSight now) {
        sight = now;
    }
}
