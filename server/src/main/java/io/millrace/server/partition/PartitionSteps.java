package io.millrace.server.partition;

import io.millrace.model.TopicPartition;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What happens to a partition, one step after the other: a topic is deleted and created again faster than its folder
/// is out of the way, and the new log must not be opened before.
///
/// Thread-safe. A step runs on the thread that adds it when nothing is under way for its partition, else on the thread
/// that ended the step before.
final class PartitionSteps {
    private final Map<TopicPartition, ArrayDeque<Step>> underWay = new HashMap<>();
    private boolean isOver;

    /// One thing that happens to a partition.
    interface Step {
        /// @param done to be called once, from any thread, when the next step may begin
        void run(Runnable done);
    }

    void add(TopicPartition partition, Step step) {
        synchronized (this) {
            if (isOver) {
                return;
            }
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
                notifyAll();
                return;
            }
        }
        step.run(() -> next(partition));
    }

    /// Begins no step any more, and waits for those that were added: a log that is opened after all others were closed
    /// would be nobody's.
    ///
    /// @return whether all have ended in time
    synchronized boolean end(long limitMs) throws InterruptedException {
        isOver = true;
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!underWay.isEmpty()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }
}
