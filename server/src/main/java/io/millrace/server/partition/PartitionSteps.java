package io.millrace.server.partition;

import io.millrace.model.TopicPartition;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/// What happens to a partition, one step after the other: a topic is deleted and created again faster than its folder
/// is out of the way, and the new log must not be opened before.
///
/// Thread-safe. A step runs on the thread that adds it when nothing is under way for its partition, else on the thread
/// that ended the step before.
final class PartitionSteps {
    private final Map<TopicPartition, ArrayDeque<Step>> underWay = new HashMap<>();

    /// One thing that happens to a partition.
    interface Step {
        /// @param done to be called once, from any thread, when the next step may begin
        void run(Runnable done);
    }

    void add(TopicPartition partition, Step step) {
        synchronized (this) {
            ArrayDeque<Step> behind = underWay.get(partition);
            if (behind != null) {
                behind.add(step);
                return;
            }
            underWay.put(partition, new ArrayDeque<>(1));
        }
        step.run(() -> next(partition));
    }

    private void next(TopicPartition partition) {
        Step step;
        synchronized (this) {
            step = underWay.getOrDefault(partition, new ArrayDeque<>()).poll();
            if (step == null) {
                underWay.remove(partition);
                return;
            }
        }
        step.run(() -> next(partition));
    }
}
