package io.millrace.server.partition;

import io.millrace.cluster.replica.Partition;
import io.millrace.log.CleanSketch;
import io.millrace.log.CleanSwap;
import io.millrace.log.PartitionLog;
import io.millrace.log.clean.CleanedGroup;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What the cleaner has to do with the partitions of one loop: it is told what they hold, and swaps in what it cleaned
/// with their owner's leave.
///
/// Owned by: the loop of its [PartitionHost].
final class CleanSwaps {
    private final PartitionHost host;
    private final Clock clock;
    private final FailedPartitions failures;
    private final Map<CleanSwap, Hosted> swapping = new HashMap<>();

    CleanSwaps(PartitionHost host, Clock clock, FailedPartitions failures) {
        this.host = host;
        this.clock = clock;
        this.failures = failures;
    }

    /// What the cleaner has to know of those logs that are compacted. A log that was let go meanwhile says nothing; nor
    /// does one on its way to another disk: what was copied and what is still to come would not go together.
    List<CleanSketch> sketches(List<Partition> some) {
        List<CleanSketch> sketches = new ArrayList<>();
        for (Partition partition : some) {
            PartitionLog log = partition.log();
            Hosted hosted = host.hosted(partition.id());
            if (hosted != null
                    && hosted.partition == partition
                    && hosted.move == null
                    && log.config().compact()) {
                log.sketch(partition.lastStableOffset()).ifPresent(sketches::add);
            }
        }
        return sketches;
    }

    /// Lets the cleaner swap a cleaned group in, unless the log has changed since it was sketched.
    Optional<CleanSwap> begin(CleanSketch sketch, CleanedGroup group) {
        Hosted hosted = host.hosted(sketch.partition());
        if (hosted == null || hosted.move != null) {
            return Optional.empty();
        }
        Optional<CleanSwap> swap = hosted.partition.log().beginClean(sketch, group);
        swap.ifPresent(begun -> {
            hosted.swapOut = true;
            swapping.put(begun, hosted);
        });
        return swap;
    }

    /// The cleaner is done with the files. Returns whether the disk did as it was told.
    boolean end(CleanSwap swap) {
        Hosted hosted = Objects.requireNonNull(swapping.remove(swap), "a swap that did not begin here");
        hosted.swapOut = false;
        boolean isDone = swap.error() == ErrorKind.NONE;
        boolean isEnded = false;
        try {
            hosted.partition.log().endClean(swap, clock.wallMs());
            isEnded = true;
        } finally {
            if (!isEnded) {
                failures.onFault(hosted, "swap");
            } else if (!isDone) {
                failures.onFailed(hosted, "swap", swap.errorMessage());
            }
            hosted.handOverIfIdle();
        }
        return isDone;
    }
}
