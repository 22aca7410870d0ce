package io.millrace.broker.stream;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.message.Message;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.Publication.End;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Appends what connections of one loop publish to streams: everything of a turn for one partition is one batch. One
/// message that a topic can not take has its whole batch refused, and batches of later turns may have overtaken it when
/// that is heard; so what is known to be refused goes by itself from the start.
///
/// Owned by: the loop.
final class StreamWriter {
    /// Bytes of one batch of several messages; more become several batches.
    private static final int BATCH_BYTES = 512 * 1024;
    /// What a record costs beside its message, about.
    private static final int RECORD_BYTES = 256;

    private static final long TIMEOUT_MS = 30_000;

    private record Entry(Message message, Publication publication) {}

    private final StreamSurroundings around;
    private Map<TopicId, List<Entry>> waiting = new LinkedHashMap<>();

    StreamWriter(StreamSurroundings around) {
        this.around = around;
    }

    void add(TopicId stream, Message message, Publication publication) {
        if (waiting.isEmpty()) {
            around.loop().post(this::flush);
        }
        waiting.computeIfAbsent(stream, _ -> new ArrayList<>()).add(new Entry(message, publication));
    }

    private void flush() {
        Map<TopicId, List<Entry>> all = waiting;
        waiting = new LinkedHashMap<>();
        all.forEach((stream, entries) -> {
            Optional<TopicView> topic = around.catalog().current().topic(stream);
            if (topic.isEmpty()) {
                end(entries, End.FAILED);
            } else {
                flush(topic.get(), entries);
            }
        });
    }

    private void flush(TopicView topic, List<Entry> entries) {
        Map<Integer, List<Entry>> byPartition = new LinkedHashMap<>();
        int anywhere = anywhere(topic.partitions());
        for (Entry entry : entries) {
            String key = entry.message.routingKey();
            int partition = key.isEmpty()
                    ? anywhere
                    : around.codec().partitionOf(key, topic.partitions().size());
            byPartition.computeIfAbsent(partition, _ -> new ArrayList<>()).add(entry);
        }
        LogConfig config = topic.settings().log();
        byPartition.forEach(
                (partition, batch) -> appendAll(new TopicPartition(topic.name(), partition), batch, config));
    }

    /// Where messages of this turn go that have no key: a partition that somebody leads, if there is one.
    private int anywhere(List<PartitionView> partitions) {
        int from = around.randomness().nextInt(partitions.size());
        for (int at = 0; at < partitions.size(); at++) {
            int candidate = (from + at) % partitions.size();
            if (partitions.get(candidate).leader() != PartitionView.NO_LEADER) {
                return candidate;
            }
        }
        return from;
    }

    private void appendAll(TopicPartition partition, List<Entry> entries, LogConfig config) {
        int bytesMax = Math.min(BATCH_BYTES, bytesMax(config));
        int from = 0;
        long bytes = 0;
        for (int at = 0; at < entries.size(); at++) {
            Message message = entries.get(at).message;
            // properties are written twice, once so that others can read them
            long size = (long) message.bytes() + message.properties().length + RECORD_BYTES;
            boolean isAlone = isUnfit(entries.get(at), config) || at > 0 && isUnfit(entries.get(at - 1), config);
            if (at > from && (isAlone || bytes + size > bytesMax)) {
                append(partition, entries.subList(from, at), config);
                from = at;
                bytes = 0;
            }
            bytes += size;
        }
        append(partition, entries.subList(from, entries.size()), config);
    }

    /// No compacted topic takes it: a message without a routing key is a record without a key.
    private static boolean isUnfit(Entry entry, LogConfig config) {
        return config.compact() && entry.message.routingKey().isEmpty();
    }

    private static int bytesMax(LogConfig config) {
        return Math.min(config.batchBytesMax(), config.segmentBytes());
    }

    private void append(TopicPartition partition, List<Entry> entries, LogConfig config) {
        ByteBuffer batch =
                around.codec().encode(entries.stream().map(Entry::message).toList());
        if (entries.size() > 1 && batch.remaining() > bytesMax(config)) {
            appendEach(partition, entries, config); // it took more than it seemed
            return;
        }
        around.partitions()
                .append(
                        partition,
                        batch,
                        Lease.NONE,
                        AppendOrigin.CLIENT,
                        Acks.ALL,
                        TIMEOUT_MS,
                        reply -> answered(partition, entries, config, reply.error()));
    }

    private void appendEach(TopicPartition partition, List<Entry> entries, LogConfig config) {
        entries.forEach(entry -> append(partition, List.of(entry), config));
    }

    private void answered(TopicPartition partition, List<Entry> entries, LogConfig config, ErrorKind error) {
        switch (error) {
            case NONE -> end(entries, End.STORED);
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, INVALID_TIMESTAMP -> {
                if (entries.size() == 1) {
                    end(entries, End.UNFIT);
                } else {
                    // one of them is enough for all to be refused: the topic's settings have just become others
                    appendEach(partition, entries, config);
                }
            }
            default -> end(entries, End.FAILED);
        }
    }

    private static void end(List<Entry> entries, End end) {
        entries.forEach(entry -> entry.publication.ended(end));
    }
}
