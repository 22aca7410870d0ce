package io.millrace.broker.group;

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
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Partitions in memory, with a codec of their own: a batch is its first offset, a count, and the numbers of the
/// records in a table. Confirms at once, or when the test says so.
final class FakeLog implements Partitions, GroupRecordCodec {
    private final List<GroupRecord> table = new ArrayList<>();
    private final Map<TopicPartition, List<ByteBuffer>> batches = new TreeMap<>();
    private final Map<TopicPartition, Long> ends = new TreeMap<>();
    private final Deque<Runnable> heldConfirmations = new ArrayDeque<>();
    private final Loop loop;
    int appends;
    int openSlices;
    int fetchBytes = Integer.MAX_VALUE;
    boolean holding;
    ErrorKind refuseWith = ErrorKind.NONE;
    ErrorKind readsFailWith = ErrorKind.NONE;

    FakeLog(Loop loop) {
        this.loop = loop;
    }

    void confirm(int count) {
        for (int index = 0; index < count; index++) {
            loop.post(heldConfirmations.remove());
        }
    }

    void confirmInReverse() {
        while (!heldConfirmations.isEmpty()) {
            loop.post(heldConfirmations.removeLast());
        }
    }

    /// The topic was deleted.
    void forget() {
        batches.clear();
        ends.clear();
    }

    int held() {
        return heldConfirmations.size();
    }

    @Override
    public ByteBuffer encode(List<GroupRecord> records, long wallMs, int batchBytesMax) {
        ByteBuffer batch = ByteBuffer.allocate(12 + 4 * records.size());
        batch.putLong(0).putInt(records.size());
        for (GroupRecord record : records) {
            batch.putInt(table.size());
            table.add(record);
        }
        return batch.flip();
    }

    @Override
    public long decode(ByteBuffer bytes, long fromOffset, Entries entries) {
        long next = fromOffset;
        while (bytes.hasRemaining()) {
            long offset = bytes.getLong();
            int count = bytes.getInt();
            for (int index = 0; index < count; index++) {
                entries.record(table.get(bytes.getInt()));
            }
            next = offset + count;
        }
        return next;
    }

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
        appends++;
        if (refuseWith != ErrorKind.NONE) {
            reply.accept(AppendReply.refused(refuseWith, ""));
            return;
        }
        long first = ends.getOrDefault(partition, 0L);
        long next = first + batch.getInt(8);
        batch.putLong(0, first);
        batches.computeIfAbsent(partition, key -> new ArrayList<>()).add(batch);
        ends.put(partition, next);
        Runnable confirmation = () -> reply.accept(AppendReply.of(AppendResult.appended(first, next, -1, 0, false)));
        if (holding) {
            heldConfirmations.add(confirmation);
        } else {
            loop.post(confirmation);
        }
    }

    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
        throw new UnsupportedOperationException("no follower reads a group's log here");
    }

    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        loop.assertOwned();
        FetchQuery.Ask ask = query.partitions().get(0);
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        for (ByteBuffer batch : batches.getOrDefault(ask.partition(), List.of())) {
            boolean wanted = batch.getLong(0) >= ask.fetchOffset();
            if (wanted && (bytes.position() == 0 || bytes.position() + batch.remaining() <= fetchBytes)) {
                bytes.put(batch.duplicate());
            }
        }
        bytes.flip();
        openSlices++;
        loop.post(() -> reply.accept(new FetchReply(List.of(new FetchReply.Part(
                ask.partition(),
                readsFailWith,
                FileSlice.of(new OpenFile(new HeapFile(bytes, () -> openSlices--)), 0, bytes.remaining()),
                ends.getOrDefault(ask.partition(), 0L),
                0,
                0,
                LeaderHint.NONE,
                null)))));
        return () -> {};
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        loop.assertOwned();
        loop.post(() -> reply.accept(new OffsetReply(ErrorKind.NONE, 0, -1, 0, LeaderHint.NONE)));
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
    public void moveLog(TopicPartition partition, String path, Consumer<ErrorKind> reply) {
        throw new UnsupportedOperationException();
    }
}
