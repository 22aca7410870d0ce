package io.millrace.kafka;

import io.millrace.broker.catalog.CatalogSource;
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
import io.millrace.log.disk.HeapFile;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.producer.ProducerView;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// [Partitions] in memory: one file and a list of batches each. Appends are committed at once unless a test holds
/// commits back; a waiting fetch ends by data, by [#expireWaits()] or by being cancelled.
public final class MemoryPartitions implements Partitions {
    private static final int COUNT_POSITION = 57;

    private final CatalogSource catalog;
    private final Map<TopicPartition, Log> logs = new LinkedHashMap<>();
    private final Map<TopicPartition, AppendReply> refusals = new LinkedHashMap<>();
    private final Map<TopicPartition, FetchReply.Part> fetchAnswers = new LinkedHashMap<>();
    private final List<Wait> waits = new ArrayList<>();
    private final List<Runnable> heldCommits = new ArrayList<>();
    private final List<FetchQuery> queries = new ArrayList<>();
    private final Map<TopicPartition, String> moves = new LinkedHashMap<>();
    private final List<TopicPartition> appends = new ArrayList<>();
    private boolean holdCommits;
    private List<LogDirectoryView> directories = List.of();

    public MemoryPartitions(CatalogSource catalog) {
        this.catalog = catalog;
    }

    public void create(String topic, int partitions) {
        for (int i = 0; i < partitions; i++) {
            logs.put(new TopicPartition(topic, i), new Log());
        }
    }

    /// Appends with `acks=all` wait from now on until [#commit()].
    public void holdCommits() {
        holdCommits = true;
    }

    public void commit() {
        List<Runnable> held = new ArrayList<>(heldCommits);
        heldCommits.clear();
        held.forEach(Runnable::run);
        wake();
    }

    /// The next appends to a partition are answered with this.
    public void refuse(TopicPartition partition, AppendReply reply) {
        refusals.put(partition, reply);
    }

    /// Fetches from the part's partition are answered with it.
    public void answerFetch(FetchReply.Part part) {
        fetchAnswers.put(part.partition(), part);
    }

    public void setLogStart(TopicPartition partition, long offset) {
        logs.get(partition).start = offset;
    }

    public void setDirectories(List<LogDirectoryView> views) {
        directories = views;
    }

    /// All waits reach their time.
    public void expireWaits() {
        for (Wait wait : new ArrayList<>(waits)) {
            waits.remove(wait);
            wait.reply.accept(read(wait.query));
        }
    }

    public int waiting() {
        return waits.size();
    }

    public int openSlices() {
        return logs.values().stream().mapToInt(log -> log.openSlices).sum();
    }

    /// Queries in the order they came.
    public List<FetchQuery> queries() {
        return queries;
    }

    /// Partitions appended to, in the order of the appends.
    public List<TopicPartition> appends() {
        return appends;
    }

    public long endOffset(TopicPartition partition) {
        return logs.get(partition).end;
    }

    @Override
    public void append(
            TopicPartition partition,
            ByteBuffer batches,
            Lease lease,
            AppendOrigin origin,
            Acks acks,
            long timeoutMs,
            Consumer<AppendReply> reply) {
        AppendReply refusal = refusals.get(partition);
        Log log = logs.get(partition);
        if (refusal != null) {
            reply.accept(refusal);
        } else if (log == null) {
            reply.accept(AppendReply.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, ""));
        } else {
            appends.add(partition);
            AppendReply done = AppendReply.of(log.append(batches));
            if (holdCommits && acks == Acks.ALL) {
                heldCommits.add(() -> {
                    log.highWatermark = log.end;
                    reply.accept(done);
                });
            } else {
                log.highWatermark = log.end;
                reply.accept(done);
                wake();
            }
        }
    }

    /// Reads everything each time; the query that waits is one of [#waiting()].
    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
        return new MemoryFollowerReads<>(this, catalog, asker);
    }

    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        queries.add(query);
        if (query.maxWaitMs() == 0 || isSatisfied(query)) {
            reply.accept(read(query));
            return () -> {};
        }
        Wait wait = new Wait(query, reply);
        waits.add(wait);
        return () -> waits.remove(wait);
    }

    private void wake() {
        for (Wait wait : new ArrayList<>(waits)) {
            if (isSatisfied(wait.query) && waits.remove(wait)) {
                wait.reply.accept(read(wait.query));
            }
        }
    }

    private boolean isSatisfied(FetchQuery query) {
        int bytes = 0;
        for (FetchQuery.Ask ask : query.partitions()) {
            Log log = logs.get(ask.partition());
            if (log == null || ask.fetchOffset() < log.start || ask.fetchOffset() > log.end) {
                return true;
            }
            bytes += log.available(ask.fetchOffset());
        }
        return bytes >= query.minBytes();
    }

    private FetchReply read(FetchQuery query) {
        List<FetchReply.Part> parts = new ArrayList<>();
        int room = query.maxBytes();
        for (FetchQuery.Ask ask : query.partitions()) {
            FetchReply.Part part = read(ask, Math.min(room, ask.maxBytes()), room == query.maxBytes());
            room = Math.max(0, room - part.bytes());
            parts.add(part);
        }
        return new FetchReply(parts);
    }

    private FetchReply.Part read(FetchQuery.Ask ask, int room, boolean atLeastOne) {
        FetchReply.Part prepared = fetchAnswers.get(ask.partition());
        Log log = logs.get(ask.partition());
        if (prepared != null) {
            return prepared;
        }
        if (log == null) {
            return failed(ask, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
        }
        if (ask.fetchOffset() < log.start || ask.fetchOffset() > log.end) {
            return failed(ask, ErrorKind.OFFSET_OUT_OF_RANGE);
        }
        return new FetchReply.Part(
                ask.partition(),
                ErrorKind.NONE,
                log.read(ask.fetchOffset(), room, atLeastOne),
                log.highWatermark,
                log.highWatermark,
                log.start,
                LeaderHint.NONE,
                null);
    }

    private static FetchReply.Part failed(FetchQuery.Ask ask, ErrorKind error) {
        return new FetchReply.Part(ask.partition(), error, null, -1, -1, -1, LeaderHint.NONE, null);
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        Log log = logs.get(query.partition());
        if (log == null) {
            reply.accept(new OffsetReply(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, -1, -1, -1, LeaderHint.NONE));
            return;
        }
        long offset = switch (query.kind()) {
            case EARLIEST, EARLIEST_LOCAL -> log.start;
            case LATEST -> log.highWatermark;
            case AT_TIMESTAMP -> query.timestampMs();
            case MAX_TIMESTAMP -> log.end - 1;
            case LATEST_TIERED, EARLIEST_PENDING_UPLOAD -> -1;
        };
        reply.accept(new OffsetReply(ErrorKind.NONE, offset, -1, 0, LeaderHint.NONE));
    }

    @Override
    public void deleteRecords(
            TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
        Log log = logs.get(partition);
        long before = log != null && beforeOffset == -1 ? log.highWatermark : beforeOffset;
        if (log == null) {
            reply.accept(new OffsetReply(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, -1, -1, -1, LeaderHint.NONE));
        } else if (before > log.highWatermark) {
            reply.accept(new OffsetReply(ErrorKind.OFFSET_OUT_OF_RANGE, -1, -1, -1, LeaderHint.NONE));
        } else {
            log.start = Math.max(log.start, before);
            reply.accept(new OffsetReply(ErrorKind.NONE, log.start, -1, 0, LeaderHint.NONE));
        }
    }

    @Override
    public void epochEnd(TopicPartition partition, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply) {
        Log log = logs.get(partition);
        reply.accept(
                log == null
                        ? new EpochEndReply(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, -1, -1)
                        : new EpochEndReply(ErrorKind.NONE, epoch, log.end));
    }

    @Override
    public void producers(TopicPartition partition, Consumer<ProducersReply> reply) {
        reply.accept(
                logs.containsKey(partition)
                        ? new ProducersReply(ErrorKind.NONE, List.of(new ProducerView(7, (short) 1, 41, 1_000, -1, -1)))
                        : new ProducersReply(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, List.of()));
    }

    @Override
    public void logDirectories(Consumer<List<LogDirectoryView>> reply) {
        reply.accept(directories);
    }

    /// Only where [#setDirectories] has a directory of that path.
    @Override
    public void moveLog(TopicPartition partition, String path, Consumer<ErrorKind> reply) {
        if (directories.stream().noneMatch(directory -> directory.path().equals(path))) {
            reply.accept(ErrorKind.LOG_DIRECTORY_NOT_FOUND);
        } else if (!logs.containsKey(partition)) {
            reply.accept(ErrorKind.REPLICA_NOT_AVAILABLE);
        } else {
            moves.put(partition, path);
            reply.accept(ErrorKind.NONE);
        }
    }

    /// Which partition was to go where.
    public Map<TopicPartition, String> moves() {
        return moves;
    }

    private record Wait(FetchQuery query, Consumer<FetchReply> reply) {}

    private record Batch(long baseOffset, long nextOffset, int position, int length) {}

    private static final class Log {
        private byte[] file = new byte[0];
        private int openSlices;
        private final List<Batch> batches = new ArrayList<>();
        private long start;
        private long end;
        private long highWatermark;

        AppendResult append(ByteBuffer bytes) {
            byte[] batch = new byte[bytes.remaining()];
            bytes.duplicate().get(batch);
            ByteBuffer.wrap(batch).putLong(0, end);
            int count = ByteBuffer.wrap(batch).getInt(COUNT_POSITION);
            long base = end;
            batches.add(new Batch(base, base + count, file.length, batch.length));
            int length = file.length;
            file = Arrays.copyOf(file, length + batch.length);
            System.arraycopy(batch, 0, file, length, batch.length);
            end += count;
            return AppendResult.appended(base, end, -1, start, false);
        }

        int available(long offset) {
            return batches.stream()
                    .filter(b -> b.nextOffset > offset && b.nextOffset <= highWatermark)
                    .mapToInt(Batch::length)
                    .sum();
        }

        FileSlice read(long offset, int room, boolean atLeastOne) {
            int length = 0;
            int position = -1;
            for (Batch batch : batches) {
                boolean wanted = batch.nextOffset > offset && batch.nextOffset <= highWatermark;
                boolean fits = length + batch.length <= room || (length == 0 && atLeastOne);
                if (wanted && fits) {
                    position = position < 0 ? batch.position : position;
                    length += batch.length;
                }
            }
            openSlices++;
            HeapFile view = new HeapFile(ByteBuffer.wrap(file), () -> openSlices--);
            return FileSlice.of(new OpenFile(view), Math.max(0, position), length);
        }
    }
}
