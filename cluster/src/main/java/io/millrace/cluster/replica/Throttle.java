package io.millrace.cluster.replica;

/// How much of copies one side may move in a second (KIP-73), over all partitions it is a side of.
///
/// May be called from any thread.
public interface Throttle {
    /// No limit, and nobody counts.
    Throttle NONE = new Throttle() {
        @Override
        public boolean isExceeded() {
            return false;
        }

        @Override
        public void record(long bytes) {}
    };

    /// Whether those who are under it have to wait.
    boolean isExceeded();

    /// So much of a copy was moved.
    void record(long bytes);
}
