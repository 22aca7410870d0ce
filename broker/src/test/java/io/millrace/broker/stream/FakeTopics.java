package io.millrace.broker.stream;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.message.Message;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.log.FileSlice;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.HeapFile;
import io.millrace.log.disk.OpenFile;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// Topics in memory with a codec of their own: a batch is its first offset, how many messages it has, and the number of
/// what it carries in a table. Answers come in a later turn; a fetch waits as it was asked to.
final class FakeTopics implements Partitions, StreamCodec, Catalog {
    private static final int BATCH_BYTES = 16;

    private final Loop loop;
    private final List<List<Message>> table = new ArrayList<>();
    private final Map<TopicPartition, Log> logs =
            new TreeMap<>((one, other) -> one.topic().equals(other.topic())
                    ? Integer.compare(one.partition(), other.partition())
                    : one.topic().compareTo(other.topic()));
    private final Map<String, TopicView> topics = new TreeMap<>();
    int fetches;
    int openSlices;
    int batchesPerFetch = 2;
    ErrorKind refuseWith = ErrorKind.NONE;
    /// Refused together with whatever is in their batch.
    Predicate<Message> tooLarge = _ -> false;
    /// Of topics that are created now.
    LogConfig config = LogConfig.DEFAULT;
    /// That were refused for what is in them.
    int refusals;
    /// What each message takes though nobody can see it.
    int hiddenBytes;
    ErrorKind readsFailWith = ErrorKind.NONE;

    FakeTopics(Loop loop) {
        this.loop = loop;
    }

    /// One partition.
    static final class Log {
        private final List<ByteBuffer> batches = new ArrayList<>();
        private final List<Query> waiting = new ArrayList<>();
        /// First offsets of batches that can not be read.
        final Set<Long> damaged = new HashSet<>();
        long start;
        long end;
    }

    private record Query(FetchQuery.Ask ask, Consumer<FetchReply> reply, Loop.Timer timer) {}

    TopicView create(String name, int partitions) {
        var settings = new TopicSettings(config, TopicSettings.Durability.FSYNC, 1, false, 1 << 20);
        List<PartitionView> views = IntStream.range(0, partitions)
                .mapToObj(at -> new PartitionView(at, 1, 0, 0, List.of(1), List.of(1), List.of(), List.of()))
                .toList();
        TopicId id = topics.containsKey(name) ? topics.get(name).id() : new TopicId(7, topics.size() + 1);
        TopicView view = new TopicView(name, id, name.startsWith("internal"), views, Map.of(), settings);
        topics.put(name, view);
        for (int at = 0; at < partitions; at++) {
            logs.computeIfAbsent(new TopicPartition(name, at), _ -> new Log());
        }
        return view;
    }

    void delete(String name) {
        topics.remove(name);
        logs.keySet().removeIf(partition -> partition.topic().equals(name));
    }

    Log log(String topic, int partition) {
        return logs.get(new TopicPartition(topic, partition));
    }

    /// What is before is gone, as by retention.
    void startAt(String topic, int partition, long offset) {
        Log log = log(topic, partition);
        log.start = offset;
        log.batches.removeIf(batch -> endOf(batch) <= offset);
    }

    private static long endOf(ByteBuffer batch) {
        return batch.getLong(0) + batch.getInt(8);
    }

    // --- codec

    /// Of [#config]: all that a writer has to know.
    static LogConfig taking(boolean compact, int batchBytesMax) {
        LogConfig rest = LogConfig.DEFAULT;
        return new LogConfig(
                rest.segmentBytes(),
                rest.segmentMs(),
                rest.segmentJitterMs(),
                rest.indexIntervalBytes(),
                rest.indexBytesMax(),
                batchBytesMax,
                rest.retentionMs(),
                rest.retentionBytes(),
                rest.delete(),
                compact,
                rest.deleteRetentionMs(),
                rest.minCompactionLagMs(),
                rest.maxCompactionLagMs(),
                rest.minCleanableRatio(),
                rest.timestampType(),
                rest.timestampBeforeMaxMs(),
                rest.timestampAfterMaxMs(),
                rest.compression(),
                rest.compressionLevel(),
                rest.fileDeleteDelayMs(),
                rest.preallocate());
    }

    /// Bytes that only the codec knows of come behind.
    @Override
    public ByteBuffer encode(List<Message> messages) {
        table.add(messages);
        return ByteBuffer.allocate(BATCH_BYTES + hiddenBytes * messages.size())
                .putLong(0)
                .putInt(messages.size())
                .putInt(table.size() - 1)
                .rewind();
    }

    @Override
    public int partitionOf(String routingKey, int partitions) {
        return routingKey.charAt(0) % partitions;
    }

    @Override
    public long decode(ByteBuffer bytes, long fromOffset, int bytesMax, Messages messages) {
        long next = fromOffset;
        while (bytes.hasRemaining()) {
            ByteBuffer batch = bytes.slice(bytes.position(), BATCH_BYTES);
            bytes.position(bytes.position() + BATCH_BYTES);
            long offset = batch.getLong(0);
            for (Message message : table.get(batch.getInt(12))) {
                if (offset >= fromOffset) {
                    messages.message(offset, message);
                }
                offset++;
            }
            next = endOf(batch);
        }
        return next;
    }

    // --- partitions

    @Override
    public void append(
            TopicPartition partition,
            ByteBuffer batch,
            Lease lease,
            AppendOrigin origin,
            Acks acks,
            long timeoutMs,
            Consumer<AppendReply> reply) {
        loop.assertOwned();
        Log log = logs.get(partition);
        if (log == null || refuseWith != ErrorKind.NONE) {
            ErrorKind why = log == null ? ErrorKind.UNKNOWN_TOPIC_OR_PARTITION : refuseWith;
            loop.post(() -> reply.accept(AppendReply.refused(why, "")));
            return;
        }
        if (table.get(batch.getInt(12)).stream().anyMatch(tooLarge)) {
            loop.post(() -> reply.accept(AppendReply.refused(ErrorKind.MESSAGE_TOO_LARGE, "")));
            return;
        }
        if (isUnfit(batch, topics.get(partition.topic()).settings().log())) {
            refusals++;
            loop.after(1, () -> reply.accept(AppendReply.refused(ErrorKind.INVALID_RECORD, "")));
            return;
        }
        long first = log.end;
        batch.putLong(0, first).limit(BATCH_BYTES);
        log.batches.add(batch);
        log.end = endOf(batch);
        long next = log.end;
        loop.post(() -> {
            reply.accept(AppendReply.of(AppendResult.appended(first, next, -1, log.start, false)));
            List<Query> woken = List.copyOf(log.waiting);
            log.waiting.clear();
            woken.forEach(query -> {
                query.timer.cancel();
                answer(query.ask, query.reply);
            });
        });
    }

    private boolean isUnfit(ByteBuffer batch, LogConfig taken) {
        boolean isKeyless = table.get(batch.getInt(12)).stream()
                .anyMatch(message -> message.routingKey().isEmpty());
        return taken.compact() && isKeyless || batch.remaining() > taken.batchBytesMax();
    }

    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        loop.assertOwned();
        fetches++;
        FetchQuery.Ask ask = query.partitions().getFirst();
        Log log = logs.get(ask.partition());
        boolean isAtEnd = log != null && readsFailWith == ErrorKind.NONE && ask.fetchOffset() == log.end;
        if (!isAtEnd || query.maxWaitMs() == 0) {
            boolean[] isCancelled = {false};
            loop.post(() -> {
                if (!isCancelled[0]) {
                    answer(ask, reply);
                }
            });
            return () -> isCancelled[0] = true;
        }
        Query[] waits = {null};
        Loop.Timer timer = loop.after(query.maxWaitMs(), () -> {
            log.waiting.remove(waits[0]);
            answer(ask, reply);
        });
        Query waiting = new Query(ask, reply, timer);
        waits[0] = waiting;
        log.waiting.add(waiting);
        return () -> {
            timer.cancel();
            log.waiting.remove(waiting);
        };
    }

    private void answer(FetchQuery.Ask ask, Consumer<FetchReply> reply) {
        Log log = logs.get(ask.partition());
        if (log == null) {
            reply.accept(new FetchReply(List.of(
                    FetchReply.Part.refused(ask.partition(), ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, LeaderHint.NONE))));
            return;
        }
        boolean isInRange = ask.fetchOffset() >= log.start && ask.fetchOffset() <= log.end;
        ErrorKind error = isInRange ? readsFailWith : ErrorKind.OFFSET_OUT_OF_RANGE;
        ByteBuffer bytes = ByteBuffer.allocate(BATCH_BYTES * batchesPerFetch);
        for (ByteBuffer batch : log.batches) {
            if (endOf(batch) > ask.fetchOffset() && bytes.hasRemaining() && error == ErrorKind.NONE) {
                if (log.damaged.contains(batch.getLong(0))) {
                    error = bytes.position() == 0 ? ErrorKind.CORRUPT_MESSAGE : ErrorKind.NONE;
                    break;
                }
                bytes.put(batch.duplicate());
            }
        }
        bytes.flip();
        openSlices++;
        reply.accept(new FetchReply(List.of(new FetchReply.Part(
                ask.partition(),
                error,
                FileSlice.of(new OpenFile(new HeapFile(bytes, () -> openSlices--)), 0, bytes.remaining()),
                log.end,
                log.end,
                log.start,
                LeaderHint.NONE,
                null))));
    }

    int waiting() {
        return logs.values().stream().mapToInt(log -> log.waiting.size()).sum();
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        loop.assertOwned();
        Log log = logs.get(query.partition());
        ErrorKind error = log == null ? ErrorKind.UNKNOWN_TOPIC_OR_PARTITION : readsFailWith;
        long offset = log == null
                ? -1
                : switch (query.kind()) {
                    case EARLIEST -> log.start;
                    case LATEST -> log.end;
                    default -> since(log, query.timestampMs());
                };
        loop.post(() -> reply.accept(new OffsetReply(error, offset, -1, 0, LeaderHint.NONE)));
    }

    private long since(Log log, long timestampMs) {
        for (ByteBuffer batch : log.batches) {
            long offset = batch.getLong(0);
            for (Message message : table.get(batch.getInt(12))) {
                if (message.publishedMs() >= timestampMs) {
                    return offset;
                }
                offset++;
            }
        }
        return -1;
    }

    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void deleteRecords(
            TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void epochEnd(TopicPartition partition, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void producers(TopicPartition partition, Consumer<ProducersReply> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void logDirectories(Consumer<List<LogDirectoryView>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void moveLog(TopicPartition partition, String directory, Consumer<ErrorKind> reply) {
        throw new UnsupportedOperationException();
    }

    // --- catalog

    @Override
    public Optional<TopicView> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    @Override
    public Optional<TopicView> topic(TopicId id) {
        return topics.values().stream().filter(topic -> topic.id().equals(id)).findFirst();
    }

    @Override
    public Collection<TopicView> topics() {
        return topics.values();
    }

    @Override
    public Collection<TopicView> topicsFrom(String from) {
        return topics.values();
    }

    @Override
    public String clusterId() {
        return "test";
    }

    @Override
    public int controllerId() {
        return 1;
    }

    @Override
    public List<NodeView> nodes() {
        return List.of();
    }

    @Override
    public Map<String, Integer> features() {
        return Map.of();
    }

    @Override
    public Map<String, FeatureRange> supportedFeatures() {
        return Map.of();
    }

    @Override
    public long featuresEpoch() {
        return 0;
    }
}
