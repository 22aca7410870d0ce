package io.millrace.server.clean;

import io.millrace.log.CleanSketch;
import io.millrace.log.CleanSwap;
import io.millrace.log.clean.CleanCandidate;
import io.millrace.log.clean.CleanPace;
import io.millrace.log.clean.CleanRun;
import io.millrace.log.clean.CleanStats;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.clean.OffsetMap;
import io.millrace.log.clean.SegmentSwap;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.server.partition.PartitionHost;
import java.io.IOException;
import java.util.Optional;

/// One round of cleaning one log: reads and rewrites here, swaps with the owner's leave, notes how far it came.
///
/// Owned by: the cleaner's thread.
final class CleanRound {
    private static final CleanStats NONE = new CleanStats(0, 0, 0, 0, 0, 0);

    private final PartitionHost host;
    private final CleanSketch sketch;
    private final OffsetMap map;
    private final CleanPace pace;
    private CleanStats stats = NONE;
    private long cleanedUpTo;
    private boolean isSwapBroken;

    /// How a round ended.
    enum Outcome {
        CLEANED,
        /// The log is not what it was when the round began: deleted, cut, or shortened by retention.
        CHANGED,
        /// Not one whole batch could be looked at.
        NOTHING
    }

    CleanRound(PartitionHost host, CleanSketch sketch, OffsetMap map, CleanPace pace) {
        this.host = host;
        this.sketch = sketch;
        this.map = map;
        this.pace = pace;
    }

    /// @throws IOException when the disk refuses; the log is as it was, or its owner is told to recover it
    /// @throws StorageException as well, and when a segment is damaged
    Outcome run(CleanCandidate candidate, long nowMs) throws IOException, InterruptedException {
        CleanRun run = new CleanRun(sketch.disk(), sketch.plan(candidate, nowMs), map, pace);
        try {
            if (!run.buildMap()) {
                return Outcome.NOTHING;
            }
            while (run.hasNext()) {
                if (!swap(run.cleanNext())) {
                    return Outcome.CHANGED;
                }
            }
            cleanedUpTo = run.cleanedUpTo();
            sketch.cleaned(cleanedUpTo);
            return Outcome.CLEANED;
        } finally {
            stats = run.stats();
            run.end();
        }
    }

    /// Returns false when the log has changed.
    private boolean swap(CleanedGroup group) throws IOException, InterruptedException {
        Optional<CleanSwap> swap = Owner.ask(host, owner -> owner.beginSwap(sketch, group));
        if (swap.isEmpty()) {
            SegmentSwap.discard(sketch.disk(), sketch.folder(), group);
            return false;
        }
        swap.get().run();
        Owner.ask(host, owner -> owner.endSwap(swap.get()));
        if (swap.get().error() != ErrorKind.NONE) {
            isSwapBroken = true;
            throw new StorageException("the disk refused to put a cleaned segment of " + sketch.folder() + " in place");
        }
        return true;
    }

    CleanStats stats() {
        return stats;
    }

    long cleanedUpTo() {
        return cleanedUpTo;
    }

    /// Removes what a round that was broken off left behind. What a broken swap left says how to mend it: that stays.
    void end() {
        if (isSwapBroken) {
            return;
        }
        try {
            sketch.sweepRemains();
        } catch (IOException refused) {
            // The next round, or the next start, removes them.
            return;
        }
    }
}
