package io.millrace.cluster;

/// A cell for tests and the simulator, where everything runs in one thread.
public final class PlainLeaseCell implements LeaseCell {
    private long untilMs = NEVER;
    private QuorumSight sight = NOTHING_SEEN;

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
