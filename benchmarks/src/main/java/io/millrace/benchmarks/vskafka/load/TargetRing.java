package io.millrace.benchmarks.vskafka.load;

import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import java.util.List;

/// The targets of one node in turn, for all connections to it. Owned by: the load's thread.
final class TargetRing {
    private final List<FrameTarget> targets;
    private int next;

    TargetRing(List<FrameTarget> targets) {
        this.targets = targets;
    }

    FrameTarget next() {
        FrameTarget target = targets.get(next);
        next = next + 1 == targets.size() ? 0 : next + 1;
        return target;
    }
}
