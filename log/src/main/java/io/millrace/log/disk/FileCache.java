package io.millrace.log.disk;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the number of open files near a limit, so that 100,000 logs need no 100,000 descriptors: opening one file
/// more closes one that was not used lately (second chance). Files with other holders stay open until they let go.
/// [#closeUnused] closes what nobody uses any more, so that an idle log has no open file however far the limit is.
///
/// Owned by: one log directory; thread-safe. The monitor guards the table only: files are opened and closed outside.
public final class FileCache {
    /// A file is closed after it was not used for one to two of these.
    static final long UNUSED_MS = 60_000;

    /// So many files are looked at before others get the monitor again: a loop that opens a file does not wait for a
    /// walk over all.
    private static final int LOOKED_AT_ONCE = 100;

    private final Disk disk;
    private final int openFilesMax;
    private final ArrayDeque<CachedFile> ring = new ArrayDeque<>();
    private boolean wasLooked;
    private long lookedMs;

    public FileCache(Disk disk, int openFilesMax) {
        this.disk = disk;
        this.openFilesMax = openFilesMax;
    }

    public Disk disk() {
        return disk;
    }

    public CachedFile file(String folder, String name) {
        return new CachedFile(this, folder, name);
    }

    /// Opens outside the monitor: a slow `open` holds up nobody but its caller. Of two who open the same file at once
    /// the later one closes its copy again.
    OpenFile open(CachedFile file, boolean create) throws IOException {
        OpenFile opened = new OpenFile(create ? disk.create(file.path()) : disk.open(file.path()));
        List<OpenFile> evicted = new ArrayList<>(1);
        OpenFile shared = publish(file, opened, evicted);
        evicted.forEach(OpenFile::release);
        if (shared != opened) {
            opened.release();
        }
        return shared;
    }

    private synchronized OpenFile publish(CachedFile file, OpenFile opened, List<OpenFile> evicted) {
        OpenFile seen = file.current();
        if (seen != null && seen.tryHold()) {
            return seen;
        }
        evictDownTo(openFilesMax - 1, evicted);
        file.setCurrent(opened);
        ring.addLast(file);
        return opened.retain();
    }

    private void evictDownTo(int count, List<OpenFile> evicted) {
        int chances = ring.size() * 2;
        while (ring.size() > count && chances-- > 0) {
            CachedFile candidate = ring.removeFirst();
            OpenFile open = candidate.current();
            if (open == null) {
                continue;
            }
            if (open.wasUsed()) {
                ring.addLast(candidate);
            } else {
                candidate.setCurrent(null);
                evicted.add(open);
            }
        }
    }

    void discard(CachedFile file) {
        OpenFile discarded = withdraw(file);
        if (discarded != null) {
            discarded.release();
        }
    }

    private synchronized @Nullable OpenFile withdraw(CachedFile file) {
        OpenFile open = file.current();
        if (open != null) {
            file.setCurrent(null);
            ring.remove(file);
        }
        return open;
    }

    /// Closes the files that nobody used since the last look and nobody holds; looks once in [#UNUSED_MS], however
    /// often it is called. For a thread that may wait for a disk.
    public void closeUnused(long nowMs) {
        int remaining = beginLook(nowMs);
        List<OpenFile> unused = new ArrayList<>();
        while (remaining > 0) {
            withdrawUnused(Math.min(remaining, LOOKED_AT_ONCE), unused);
            remaining -= LOOKED_AT_ONCE;
            unused.forEach(OpenFile::close);
            unused.clear();
        }
    }

    /// Returns how many files there are to look at. A clock that was set back does not put the look off.
    private synchronized int beginLook(long nowMs) {
        if (wasLooked && nowMs >= lookedMs && nowMs - lookedMs < UNUSED_MS) {
            return 0;
        }
        wasLooked = true;
        lookedMs = nowMs;
        return ring.size();
    }

    private synchronized void withdrawUnused(int count, List<OpenFile> unused) {
        for (int i = Math.min(count, ring.size()); i > 0; i--) {
            CachedFile candidate = ring.removeFirst();
            OpenFile open = candidate.current();
            if (open == null) {
                continue;
            }
            if (open.wasUsed() || !open.endIfUnheld()) {
                ring.addLast(candidate);
            } else {
                candidate.setCurrent(null);
                unused.add(open);
            }
        }
    }

    /// How many files are open through this cache.
    public synchronized int openFiles() {
        return ring.size();
    }
}
