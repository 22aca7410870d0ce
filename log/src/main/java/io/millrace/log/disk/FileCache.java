package io.millrace.log.disk;

import java.io.IOException;
import java.util.ArrayDeque;

/// Keeps the number of open files near a limit, so that 100,000 logs need no 100,000 descriptors: opening one file
/// more closes one that was not used lately (second chance). Files with other holders stay open until they let go.
///
/// Owned by: one log directory; thread-safe, the lock is taken only to open and to close.
public final class FileCache {
    private final Disk disk;
    private final int openFilesMax;
    private final ArrayDeque<CachedFile> ring = new ArrayDeque<>();

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

    synchronized OpenFile open(CachedFile file, boolean create) throws IOException {
        OpenFile seen = file.current();
        if (seen != null && seen.tryHold()) {
            return seen;
        }
        OpenFile opened = new OpenFile(create ? disk.create(file.path()) : disk.open(file.path()));
        evictDownTo(openFilesMax - 1);
        file.setCurrent(opened);
        ring.addLast(file);
        return opened.retain();
    }

    private void evictDownTo(int count) {
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
                open.release();
            }
        }
    }

    synchronized void discard(CachedFile file) {
        OpenFile open = file.current();
        if (open != null) {
            file.setCurrent(null);
            open.release();
            ring.remove(file);
        }
    }

    /// How many files are open through this cache.
    public synchronized int openFiles() {
        return ring.size();
    }
}
