package io.millrace.log;

import io.millrace.log.disk.Disk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Files and folders renamed out of the way, waiting for their readers to finish. Thread-safe.
final class DeletionQueue {
    private static final long NOW = Long.MIN_VALUE;

    private record Doomed(String path, boolean folder, long dueMs) {}

    private final Disk disk;
    private final ArrayDeque<Doomed> doomed = new ArrayDeque<>();
    private boolean ended;

    DeletionQueue(Disk disk) {
        this.disk = disk;
    }

    synchronized void add(List<String> files, long dueMs) {
        files.forEach(file -> doomed.add(new Doomed(file, false, dueMs)));
    }

    /// Open descriptors survive the removal of a folder, so it needs no delay.
    synchronized void addFolder(String folder) {
        doomed.add(new Doomed(folder, true, NOW));
    }

    /// From now on nothing is removed; a sweep under way ends after the file it is at.
    synchronized void end() {
        ended = true;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /// Removes files, and folders with what is in them.
    int sweep(long nowMs) {
        return sweep(nowMs, false);
    }

    /// Makes room, but leaves the folders, empty: they are the sign that what the checkpoints say of their partitions
    /// holds no more.
    int sweepContents(long nowMs) {
        return sweep(nowMs, true);
    }

    private int sweep(long nowMs, boolean keepsFolders) {
        int rounds = size();
        int kept = 0;
        for (int i = 0; i < rounds && !isEnded(); i++) {
            Doomed next = poll();
            if (next == null) {
                break;
            }
            if (next.dueMs() > nowMs) {
                putBack(next);
            } else if (!remove(next, keepsFolders)) {
                putBack(next);
                kept++;
            }
        }
        return kept;
    }

    private boolean remove(Doomed entry, boolean keepsFolders) {
        try {
            if (entry.folder()) {
                for (String name : disk.list(entry.path())) {
                    if (isEnded()) {
                        return false;
                    }
                    disk.delete(entry.path() + "/" + name);
                }
            }
            if (isEnded() || entry.folder() && keepsFolders) {
                return false;
            }
            disk.delete(entry.path());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized int size() {
        return doomed.size();
    }

    private synchronized @Nullable Doomed poll() {
        return doomed.poll();
    }

    private synchronized void putBack(Doomed entry) {
        doomed.add(entry);
    }
}
