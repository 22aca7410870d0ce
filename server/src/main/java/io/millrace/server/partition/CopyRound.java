package io.millrace.server.partition;

import io.millrace.log.FlushJob;
import io.millrace.server.loop.DiskLoop;
import java.util.ArrayDeque;
import java.util.Iterator;

/// Flush jobs of one turn that only copy into the page cache, for one of the disk's threads to do one after the other:
/// to wake that thread, and the loop when it is done, costs more than the copy of a small batch.
///
/// Owned by: the loop of its [FlushTurns]; between hand-over and return by the thread that runs it.
final class CopyRound {
    /// A round ends behind the job that reaches this: those who wait for small copies shall not wait for large ones,
    /// and who is paused by the kernel in one holds up little.
    static final long BYTES_MAX = 256 << 10;

    /// One partition's job, and since when it is out.
    record Copy(Hosted hosted, FlushJob job, long startNs) {}

    private final DiskLoop disk;
    private final ArrayDeque<Copy> copies = new ArrayDeque<>();

    private CopyRound(DiskLoop disk) {
        this.disk = disk;
    }

    /// Takes what goes together from the head of `waiting`, which is not empty.
    static CopyRound next(ArrayDeque<Copy> waiting) {
        CopyRound round = new CopyRound(waiting.getFirst().hosted().disk);
        long bytes = 0;
        while (bytes < BYTES_MAX && !waiting.isEmpty() && waiting.getFirst().hosted().disk == round.disk) {
            Copy copy = waiting.removeFirst();
            bytes += copy.job().bytes();
            round.copies.add(copy);
        }
        return round;
    }

    DiskLoop disk() {
        return disk;
    }

    /// Does them all, also when one throws, which none should: that one has failed, and says so, but one that was never
    /// begun would not.
    void run() {
        runRest(copies.iterator());
    }

    private static void runRest(Iterator<Copy> rest) {
        while (rest.hasNext()) {
            boolean isRun = false;
            try {
                rest.next().job().run();
                isRun = true;
            } finally {
                if (!isRun) {
                    runRest(rest); // as deep as there are faults; a round has few jobs, each of 8 KB or more
                }
            }
        }
    }

    boolean isOver() {
        return copies.isEmpty();
    }

    Copy takeFirst() {
        return copies.removeFirst();
    }
}
