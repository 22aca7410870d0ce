package io.millrace.log.disk;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// An open file shared by its counted holders and closed by the last one to let go. The [FileCache] that opened it is a
/// holder itself until it evicts the file. Thread-safe.
public final class OpenFile {
    private final DiskFile file;
    private final AtomicInteger holds = new AtomicInteger(1);
    private volatile boolean used = true;

    /// @param file closed when the last holder lets go; the caller is the first
    public OpenFile(DiskFile file) {
        this.file = file;
    }

    public DiskFile file() {
        return file;
    }

    /// One more hold for somebody who already has one.
    public OpenFile retain() {
        holds.incrementAndGet();
        return this;
    }

    public void release() {
        if (holds.decrementAndGet() == 0) {
            close();
        }
    }

    /// For the last holder, and for who ended the only hold with [#endIfUnheld()].
    void close() {
        try {
            file.close();
        } catch (IOException e) {
            // Nothing depends on a close: what had to be on disk was synced, and the descriptor is gone either way.
            return;
        }
    }

    /// Ends the cache's own hold unless somebody else has one: nobody gets a hold any more, and the file is closed by
    /// who ended it, not by the loop that happens to let go last.
    boolean endIfUnheld() {
        return holds.compareAndSet(1, 0);
    }

    /// Takes a hold unless the last one was let go meanwhile.
    boolean tryHold() {
        int seen = holds.get();
        while (seen > 0) {
            if (holds.compareAndSet(seen, seen + 1)) {
                if (!used) {
                    used = true;
                }
                return true;
            }
            seen = holds.get();
        }
        return false;
    }

    /// Second chance: whether the file was used since the last call.
    boolean wasUsed() {
        boolean seen = used;
        used = false;
        return seen;
    }
}
