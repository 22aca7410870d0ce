package io.millrace.broker.group;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Brings a shard's records into its log: everything decided in one turn of the loop becomes one batch, batches follow
/// each other without waiting, and their outcomes are told in log order.
///
/// Owned by: the shard's loop.
final class ShardWriter {
    /// Bytes of one append; more become several appends.
    private static final int APPEND_BYTES = 512 * 1024;

    /// The log answers when it knows. How long clients wait is decided here, so that a late confirmation is still
    /// applied.
    private static final long NO_TIMEOUT_MS = Integer.MAX_VALUE;

    private final TopicPartition partition;
    private final ShardHome home;
    private final GroupRecordCodec codec;
    private final Owner owner;
    private final int timeoutMs;
    private final Deque<Turn.Append> waiting = new ArrayDeque<>();
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private boolean flushPosted;

    ShardWriter(TopicPartition partition, ShardHome home, GroupRecordCodec codec, int timeoutMs, Owner owner) {
        this.partition = partition;
        this.home = home;
        this.codec = codec;
        this.timeoutMs = timeoutMs;
        this.owner = owner;
    }

    /// Whom the writer reports to.
    interface Owner {
        Moment now();

        int batchBytesMax();

        /// Batches are on their way: [ShardWriter#nextDeadlineMs()] is another one now.
        void onSent();

        /// The oldest batches have an outcome: take them with [ShardWriter#nextDone()].
        void onWritten();
    }

    void add(List<Turn.Append> appends) {
        waiting.addAll(appends);
        if (!flushPosted && !waiting.isEmpty()) {
            flushPosted = true;
            home.loop().post(this::flush);
        }
    }

    private void flush() {
        flushPosted = false;
        while (!waiting.isEmpty()) {
            append(nextBatch());
        }
        owner.onSent();
    }

    private Batch nextBatch() {
        List<Turn.Append> appends = new ArrayList<>();
        long bytes = 0;
        do {
            Turn.Append next = waiting.remove();
            appends.add(next);
            bytes += estimate(next);
        } while (!waiting.isEmpty() && bytes < APPEND_BYTES);
        return new Batch(appends, owner.now().monotonicMs() + timeoutMs);
    }

    private void append(Batch batch) {
        inFlight.add(batch);
        List<GroupRecord> records = new ArrayList<>();
        batch.appends.forEach(append -> records.addAll(append.records()));
        home.partitions()
                .append(
                        partition,
                        codec.encode(records, owner.now().wallMs(), owner.batchBytesMax()),
                        Lease.NONE,
                        AppendOrigin.COORDINATOR,
                        Acks.ALL,
                        NO_TIMEOUT_MS,
                        reply -> onReply(batch, reply));
    }

    private void onReply(Batch batch, AppendReply reply) {
        batch.result = reply.error();
        batch.done = true;
        if (inFlight.peek() == batch) {
            owner.onWritten();
        }
    }

    /// The oldest batch, when its outcome is known: confirmations are taken in log order whatever order they come in.
    Optional<Batch> nextDone() {
        Batch first = inFlight.peek();
        return first != null && first.done ? Optional.of(inFlight.remove()) : Optional.empty();
    }

    OptionalLong nextDeadlineMs() {
        for (Batch batch : inFlight) {
            if (!batch.timedOut) {
                return OptionalLong.of(batch.deadlineMs);
            }
        }
        return OptionalLong.empty();
    }

    /// Tells the clients of batches that take too long. The batches stay: what is confirmed later is applied later.
    void onTick(Turn turn) {
        for (Batch batch : inFlight) {
            if (batch.deadlineMs > turn.nowMs()) {
                return;
            }
            batch.timeOut(turn);
        }
    }

    /// The shard goes: whoever waits for an append is told, and late confirmations find nobody.
    void abandon(ErrorKind error, Turn turn) {
        List<Batch> batches = List.copyOf(inFlight);
        List<Turn.Append> unsent = List.copyOf(waiting);
        inFlight.clear();
        waiting.clear();
        batches.forEach(batch -> batch.refuse(error, turn));
        unsent.forEach(append -> append.outcome().refused(error, turn));
    }

    private static long estimate(Turn.Append append) {
        long bytes = 0;
        for (GroupRecord record : append.records()) {
            bytes += switch (record) {
                case GroupRecord.GroupMetadataStored stored ->
                    stored.members().stream()
                            .mapToLong(member -> 200
                                    + member.subscription().size()
                                    + member.assignment().size())
                            .sum();
                case GroupRecord.OffsetCommitted committed ->
                    100 + committed.offset().metadata().length();
                case GroupRecord.GroupRemoved removed -> 50;
                case GroupRecord.OffsetRemoved removed -> 80;
            };
        }
        return bytes;
    }

    /// Records on their way, and whom to tell.
    static final class Batch {
        private final List<Turn.Append> appends;
        private final long deadlineMs;
        private ErrorKind result = ErrorKind.NONE;
        private boolean done;
        private boolean timedOut;

        private Batch(List<Turn.Append> appends, long deadlineMs) {
            this.appends = appends;
            this.deadlineMs = deadlineMs;
        }

        ErrorKind result() {
            return result;
        }

        void confirm(GroupShard shard, Turn turn) {
            for (Turn.Append append : appends) {
                append.records().forEach(shard::apply);
                if (!timedOut) {
                    append.outcome().appended(turn);
                }
            }
        }

        void refuse(ErrorKind error, Turn turn) {
            if (!timedOut) {
                appends.forEach(append -> append.outcome().refused(error, turn));
            }
        }

        private void timeOut(Turn turn) {
            if (!timedOut) {
                timedOut = true;
                appends.forEach(append -> append.outcome().refused(ErrorKind.REQUEST_TIMED_OUT, turn));
            }
        }
    }
}
