package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.AppendWatcher;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// The log of one queue in memory, with a codec of its own: a batch is its first offset, how many offsets it has, and
/// the number of what it carries in a table. Survives the queue's crashes.
final class FakeQueueLog implements Partitions, QueueRecordCodec {
    private static final int BATCH_BYTES = 16;

    private record Held(long end, AppendResult result, Consumer<AppendReply> reply) {}

    private final List<Object> table = new ArrayList<>();
    private final List<ByteBuffer> batches = new ArrayList<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private Loop loop;
    long start;
    long end;
    long highWatermark;
    boolean holding;
    /// Whether there are no other replicas.
    boolean isSole;
    /// Whether another node may lead it by now.
    boolean isCutOff;

    int actsAsked;

    int batchesPerFetch = 4;
    int fetches;
    int openSlices;
    private int asked;
    int askedAtOnceMax;
    /// A body that can not be written down.
    String unspeakable = "";
    ErrorKind refuseWith = ErrorKind.NONE;
    ErrorKind readsFailWith = ErrorKind.NONE;
    /// First offsets of batches whose bytes are not what was written.
    final Set<Long> damaged = new HashSet<>();

    FakeQueueLog(Loop loop) {
        this.loop = loop;
    }

    @Override
    public boolean mayActFor(TopicPartition partition) {
        actsAsked++;
        return !isCutOff;
    }

    /// The loop of the process that has it now.
    void live(Loop ofProcess) {
        loop = ofProcess;
    }

    /// The process went, and with it whatever of the unconfirmed end had not reached the disk. Answers go nowhere.
    void crash(Loop nextLife, int unconfirmedThatSurvive) {
        loop = nextLife;
        held.clear();
        int survivors = unconfirmedThatSurvive;
        List<ByteBuffer> kept = new ArrayList<>();
        for (ByteBuffer batch : batches) {
            boolean isConfirmed = endOf(batch) <= highWatermark;
            if (isConfirmed || survivors-- > 0) {
                kept.add(batch);
            } else {
                break;
            }
        }
        batches.clear();
        batches.addAll(kept);
        end = kept.isEmpty() ? Math.max(start, highWatermark) : Math.max(start, endOf(kept.getLast()));
        highWatermark = end;
        openSlices = 0;
    }

    void confirm(int count) {
        for (int left = count; left > 0 && !held.isEmpty(); left--) {
            Held first = held.remove();
            highWatermark = first.end;
            loop.post(() -> first.reply.accept(AppendReply.of(first.result)));
        }
    }

    /// The disk took none of what is unconfirmed: the log ends where the high watermark is.
    void loseUnconfirmed() {
        batches.removeIf(batch -> endOf(batch) > highWatermark);
        end = highWatermark;
        for (Held lost = held.poll(); lost != null; lost = held.poll()) {
            Consumer<AppendReply> reply = lost.reply;
            loop.post(() -> reply.accept(AppendReply.refused(ErrorKind.STORAGE_ERROR, "")));
        }
    }

    int unconfirmed() {
        return held.size();
    }

    long checkpoints() {
        return batches.stream().filter(batch -> of(batch) instanceof Checkpoint).count();
    }

    /// First offsets of the batches with messages, in order.
    List<Long> messageBatches() {
        return batches.stream()
                .filter(batch -> !(of(batch) instanceof Checkpoint))
                .map(batch -> batch.getLong(0))
                .toList();
    }

    private Object of(ByteBuffer batch) {
        return table.get(batch.getInt(12));
    }

    private static long endOf(ByteBuffer batch) {
        return batch.getLong(0) + batch.getInt(8);
    }

    // --- codec

    @Override
    public ByteBuffer encode(List<Message> messages) {
        if (messages.stream().map(QueueFixture::text).anyMatch(unspeakable::equals)) {
            throw new IllegalStateException("no words for " + unspeakable);
        }
        return batch(messages.size(), List.copyOf(messages));
    }

    @Override
    public ByteBuffer encodeCheckpoint(Checkpoint checkpoint, long wallMs) {
        return batch(1, Checkpoint.decode(checkpoint.encode()).orElseThrow());
    }

    private ByteBuffer batch(int count, Object payload) {
        table.add(payload);
        return ByteBuffer.allocate(BATCH_BYTES)
                .putLong(0)
                .putInt(count)
                .putInt(table.size() - 1)
                .flip();
    }

    @Override
    public long decode(ByteBuffer bytes, long fromOffset, Messages messages) {
        long next = fromOffset;
        while (bytes.hasRemaining()) {
            ByteBuffer batch = bytes.slice(bytes.position(), BATCH_BYTES);
            bytes.position(bytes.position() + BATCH_BYTES);
            long offset = batch.getLong(0);
            if (of(batch) instanceof List<?> carried) {
                for (Object message : carried) {
                    if (offset >= fromOffset) {
                        messages.message(offset, (Message) message);
                    }
                    offset++;
                }
            }
            next = endOf(batch);
        }
        return next;
    }

    @Override
    public long decodeCheckpoints(ByteBuffer bytes, long fromOffset, Checkpoints checkpoints) {
        long next = fromOffset;
        while (bytes.hasRemaining()) {
            ByteBuffer batch = bytes.slice(bytes.position(), BATCH_BYTES);
            bytes.position(bytes.position() + BATCH_BYTES);
            next = endOf(batch);
            if (of(batch) instanceof Checkpoint found) {
                checkpoints.checkpoint(next, found);
            }
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
        if (refuseWith != ErrorKind.NONE) {
            ErrorKind why = refuseWith;
            loop.post(() -> reply.accept(AppendReply.refused(why, "")));
            return;
        }
        long first = end;
        batch.putLong(0, first);
        batches.add(batch);
        end = endOf(batch);
        AppendResult result = AppendResult.appended(first, end, -1, start, false);
        held.add(new Held(end, result, reply));
        if (isSole && reply instanceof AppendWatcher watcher) {
            watcher.onPlaced(result);
        }
        if (!holding) {
            confirm(Integer.MAX_VALUE);
        }
    }

    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        loop.assertOwned();
        fetches++;
        FetchQuery.Ask ask = query.partitions().getFirst();
        ByteBuffer bytes = ByteBuffer.allocate(BATCH_BYTES * batchesPerFetch);
        ErrorKind error = read(ask.fetchOffset(), bytes);
        bytes.flip();
        openSlices++;
        loop.post(() -> reply.accept(new FetchReply(List.of(new FetchReply.Part(
                ask.partition(),
                error,
                FileSlice.of(new OpenFile(new HeapFile(bytes, () -> openSlices--)), 0, bytes.remaining()),
                highWatermark,
                highWatermark,
                start,
                LeaderHint.NONE,
                null)))));
        return () -> {};
    }

    private ErrorKind read(long from, ByteBuffer bytes) {
        if (from < start || from > highWatermark) {
            return ErrorKind.OFFSET_OUT_OF_RANGE;
        }
        for (ByteBuffer batch : batches) {
            boolean isWanted = endOf(batch) > from && endOf(batch) <= highWatermark;
            if (isWanted && bytes.hasRemaining() && readsFailWith == ErrorKind.NONE) {
                if (damaged.contains(batch.getLong(0))) {
                    return bytes.position() == 0 ? ErrorKind.CORRUPT_MESSAGE : ErrorKind.NONE;
                }
                bytes.put(batch.duplicate());
            }
        }
        return readsFailWith;
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        loop.assertOwned();
        long offset = query.kind() == OffsetQuery.Kind.EARLIEST ? start : highWatermark;
        ErrorKind error = readsFailWith;
        askedAtOnceMax = Math.max(askedAtOnceMax, ++asked);
        loop.post(() -> {
            asked--;
            reply.accept(new OffsetReply(error, offset, -1, 0, LeaderHint.NONE));
        });
    }

    @Override
    public void deleteRecords(
            TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
        loop.assertOwned();
        start = Math.max(start, beforeOffset < 0 ? highWatermark : Math.min(beforeOffset, highWatermark));
        batches.removeIf(batch -> endOf(batch) <= start);
        loop.post(() -> reply.accept(new OffsetReply(ErrorKind.NONE, start, -1, 0, LeaderHint.NONE)));
    }

    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
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
}
