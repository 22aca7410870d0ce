package io.millrace.server.partition;

/// Who writes into the page cache: the loop that owns the log, or one of the disk's threads.
///
/// A small write into the page cache is a memory copy and is done on the owner's loop: a hand-over would cost more than
/// the write. A large one is a long turn for everybody else on the loop, and it is what the kernel throttles when dirty
/// pages pile up, so it goes to the disk's threads; so does every write while dirty pages are many ([DirtyPages]), and
/// for a while after a write on the loop turned out slow, whatever the reason (a journal commit, a disk that hangs).
/// `docs/adr/0004-where-appends-are-written.md`.
///
/// Owned by: one event loop (each loop judges for itself).
final class DiskMood {
    /// A job with so many bytes is not for the loop.
    static final long LARGE_BYTES = 64 << 10;

    /// A job with so many bytes that is not for the loop is for the few threads that copy; a smaller one must not wait
    /// behind those, and its thread dirties so little that the kernel hardly ever pauses it.
    static final long BULK_BYTES = 8 << 10;

    /// A write on the loop that takes longer than this makes the disk busy.
    static final long SLOW_NS = 2_000_000;

    /// So long after the last slow write the loop dares to write itself again.
    static final long CALM_AFTER_NS = 500_000_000;

    /// How long one look at the dirty pages is good for.
    static final long LOOK_EVERY_NS = 50_000_000;

    private final DirtyPages dirtyPages;
    private long busyUntilNs;
    private boolean busy;
    private long lookedNs;
    private boolean looked;
    private boolean dirty;

    DiskMood(DirtyPages dirtyPages) {
        this.dirtyPages = dirtyPages;
    }

    static boolean isBulk(long bytes) {
        return bytes >= BULK_BYTES;
    }

    boolean isForLoop(long bytes, long nowNs) {
        if (bytes >= LARGE_BYTES) {
            return false;
        }
        if (busy && nowNs - busyUntilNs >= 0) {
            busy = false;
        }
        return !busy && !isDirty(nowNs);
    }

    private boolean isDirty(long nowNs) {
        if (!looked || nowNs - lookedNs >= LOOK_EVERY_NS) {
            looked = true;
            lookedNs = nowNs;
            dirty = dirtyPages.areMany();
        }
        return dirty;
    }

    /// @param tookNs how long a write on the loop took
    void onWrite(long tookNs, long nowNs) {
        if (tookNs > SLOW_NS) {
            busy = true;
            busyUntilNs = nowNs + CALM_AFTER_NS;
        }
    }
}
