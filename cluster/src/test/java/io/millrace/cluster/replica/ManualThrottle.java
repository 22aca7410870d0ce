package io.millrace.cluster.replica;

/// A throttle that is exceeded when the test says so.
final class ManualThrottle implements Throttle {
    boolean isExceeded;
    long moved;

    @Override
    public boolean isExceeded() {
        return isExceeded;
    }

    @Override
    public void record(long bytes) {
        moved += bytes;
    }
}
