package io.millrace.cluster.raft;

import io.millrace.cluster.LeaseCell;

/// A cell that tells the end of the lease from the metadata thread to all others.
final class SharedLeaseCell implements LeaseCell {
    private volatile long untilMs = NEVER;

    @Override
    public long untilMs() {
        return untilMs;
    }

    @Override
    public void set(long untilMs) {
        this.untilMs = untilMs;
    }
}
