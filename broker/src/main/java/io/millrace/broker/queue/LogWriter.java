package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings a queue's messages and checkpoints into its log: what was published in one turn of the loop becomes one
/// batch, batches follow each other without waiting, and their outcomes are told in log order.
///
/// Owned by: the queue's loop.
final class LogWriter {
    /// Bytes of one batch of several messages; more become several batches.
    private static final int BATCH_BYTES = 512 * 1024;
    /// What a record costs beside its message, about.
    private static final int RECORD_BYTES = 64;
    /// The log answers when it knows: only what it says counts.
    private static final long NO_TIMEOUT_MS = Integer.MAX_VALUE;

    /// Whom the writer tells.
    interface Owner {
        /// Appended and safe.
        void onStored(long offset, Message message, Publication publication);

        /// Not appended, or not known to be.
        void onNotStored(Message message, Publication publication);

        /// Something that was not confirmed may nevertheless be, or come, in the log.
        void onDoubt();
    }

    private record Entry(Message message, Publication publication) {}

    /// Messages on their way, or a checkpoint when there are none.
    private static final class Batch {
        private final List<Entry> entries;
        private final Consumer<ErrorKind> told;
        private @Nullable AppendReply reply;

        private Batch(List<Entry> entries, Consumer<ErrorKind> told) {
            this.entries = entries;
            this.told = told;
        }
    }

    private final TopicPartition partition;
    private final Loop loop;
    private final QueueLogs logs;
    private final Owner owner;
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private List<Entry> waiting = new ArrayList<>();
    private boolean flushPosted;
    private boolean closed;

    LogWriter(TopicPartition partition, Loop loop, QueueLogs logs, Owner owner) {
        this.partition = partition;
        this.loop = loop;
        this.logs = logs;
        this.owner = owner;
    }

    void add(Message message, Publication publication) {
        waiting.add(new Entry(message, publication));
        if (!flushPosted) {
            flushPosted = true;
            loop.post(this::flush);
        }
    }

    private void flush() {
        flushPosted = false;
        List<Entry> all = waiting;
        waiting = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int at = 0; at < all.size(); at++) {
            long size = (long) all.get(at).message.bytes() + RECORD_BYTES;
            if (at > from && bytes + size > BATCH_BYTES) {
                append(all.subList(from, at));
                from = at;
                bytes = 0;
            }
            bytes += size;
        }
        if (from < all.size()) {
            append(all.subList(from, all.size()));
        }
    }

    private void append(List<Entry> entries) {
        List<Message> messages = entries.stream().map(Entry::message).toList();
        append(logs.codec().encode(messages), new Batch(entries, _ -> {}));
    }

    private void append(ByteBuffer bytes, Batch batch) {
        inFlight.add(batch);
        logs.partitions()
                .append(partition, bytes, Lease.NONE, AppendOrigin.COORDINATOR, Acks.ALL, NO_TIMEOUT_MS, reply -> {
                    batch.reply = reply;
                    tellDone();
                });
    }

    /// Comes behind all messages added before.
    void add(Checkpoint checkpoint, long wallMs, Consumer<ErrorKind> told) {
        flush();
        append(logs.codec().encodeCheckpoint(checkpoint, wallMs), new Batch(List.of(), told));
    }

    boolean isIdle() {
        return waiting.isEmpty() && inFlight.isEmpty();
    }

    private void tellDone() {
        boolean isUnsure = false;
        for (Batch first = inFlight.peek(); !closed && first != null; first = inFlight.peek()) {
            AppendReply reply = first.reply;
            if (reply == null) {
                break;
            }
            inFlight.remove();
            tell(first, reply);
            isUnsure |= !first.entries.isEmpty() && leavesDoubt(reply.error());
        }
        if (isUnsure && !closed) {
            owner.onDoubt();
        }
    }

    private void tell(Batch batch, AppendReply reply) {
        if (reply.error() == ErrorKind.NONE) {
            long offset = reply.result().firstOffset();
            for (Entry entry : batch.entries) {
                owner.onStored(offset++, entry.message, entry.publication);
            }
        } else {
            batch.entries.forEach(entry -> owner.onNotStored(entry.message, entry.publication));
        }
        batch.told.accept(reply.error());
    }

    private static boolean leavesDoubt(ErrorKind error) {
        return switch (error) {
            case REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, NOT_LEADER, FENCED_LEADER_EPOCH -> true;
            default -> false;
        };
    }

    /// Publishers are told that nobody knows; confirmations that come later find nobody.
    void close() {
        closed = true;
        List<Entry> unconfirmed = new ArrayList<>();
        inFlight.forEach(batch -> unconfirmed.addAll(batch.entries));
        unconfirmed.addAll(waiting);
        inFlight.clear();
        waiting.clear();
        unconfirmed.forEach(entry -> entry.publication.ended(Publication.End.FAILED));
    }
}
