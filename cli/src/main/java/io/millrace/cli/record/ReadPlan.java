package io.millrace.cli.record;

import io.millrace.cli.client.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/// What one run of `consume` reads: from where, and up to the ends the partitions had when it was given them.
///
/// Owned by: the thread of the command, as the consumer is.
final class ReadPlan {
    static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> printed = new HashMap<>();
    private boolean isAssigned;

    private ReadPlan(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /// Reads the partitions alone.
    static ReadPlan ofTopic(Consumer<byte[], byte[]> consumer, TopicOption topic, Position from) {
        List<TopicPartition> partitions = topic.among(consumer.partitionsFor(topic.name())).stream()
                .map(number -> new TopicPartition(topic.name(), number))
                .toList();
        var plan = new ReadPlan(consumer);
        consumer.assign(partitions);
        plan.ends.putAll(consumer.endOffsets(partitions));
        plan.isAssigned = true;
        plan.seek(partitions, from);
        return plan;
    }

    /// Reads as a member of the group that the consumer is set up with.
    static ReadPlan ofGroup(Consumer<byte[], byte[]> consumer, TopicOption topic) {
        topic.among(consumer.partitionsFor(topic.name()));
        var plan = new ReadPlan(consumer);
        consumer.subscribe(List.of(topic.name()));
        return plan;
    }

    private void seek(List<TopicPartition> partitions, Position from) {
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> at = from instanceof Position.Time time
                ? consumer.offsetsForTimes(partitions.stream()
                        .collect(Collectors.toMap(Function.identity(), partition -> time.timestampMs())))
                : Map.of();
        for (TopicPartition partition : partitions) {
            long low = Objects.requireNonNull(first.get(partition));
            long high = Objects.requireNonNull(ends.get(partition));
            OffsetAndTimestamp found = at.get(partition);
            long wanted = switch (from) {
                case Position.Earliest earliest -> low;
                case Position.Latest latest -> high;
                case Position.At offset -> offset.offset();
                case Position.Shift shift -> (shift.by() < 0 ? high : low) + shift.by();
                case Position.Time time -> found == null ? high : found.offset();
            };
            consumer.seek(partition, Math.clamp(wanted, low, high));
        }
    }

    /// Whether the record lies before the end that was there in the beginning.
    boolean wants(ConsumerRecord<byte[], byte[]> entry) {
        learnAssignment();
        Long end = ends.get(new TopicPartition(entry.topic(), entry.partition()));
        return end != null && entry.offset() < end;
    }

    void printed(ConsumerRecord<byte[], byte[]> entry) {
        printed.put(new TopicPartition(entry.topic(), entry.partition()), new OffsetAndMetadata(entry.offset() + 1));
    }

    /// Tells the group what was printed since the last time. Being told to end meanwhile does not lose it.
    void commit() {
        if (printed.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(printed);
        } catch (WakeupException toldToEnd) {
            consumer.commitSync(printed);
            throw toldToEnd;
        } finally {
            printed.clear();
        }
    }

    /// Whether every partition was read up to its end. Positions count and not records: the last offsets of a log may
    /// hold none, after compaction or a transaction.
    boolean isDone() {
        learnAssignment();
        return isAssigned
                && ends.entrySet().stream()
                        .allMatch(end -> !consumer.assignment().contains(end.getKey())
                                || consumer.position(end.getKey()) >= end.getValue());
    }

    private void learnAssignment() {
        if (!isAssigned && !consumer.assignment().isEmpty()) {
            ends.putAll(consumer.endOffsets(consumer.assignment()));
            isAssigned = true;
        }
    }
}
