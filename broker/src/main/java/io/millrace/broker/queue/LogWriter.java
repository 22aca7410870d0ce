package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.AppendWatcher;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
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
/// batch, batches follow each other without waiting, and their outcomes are told in log order. Where the log has no
/// other replica messages are placed, and may be delivered, before they are safe (ADR 0037).
///
/// Owned by: the queue's loop.
final class LogWriter {
    /// Bytes of one batch of several messages; more become several batches.
    private static final int BATCH_BYTES = 512 * 1024;
    /// What a record costs beside its message, about.
    private static final int RECORD_BYTES = 64;
    /// Messages in flight up to which they are placed early. More are a busy queue's, whose consumers get what a sync
    /// covers in one piece: in more and smaller ones it costs them more than the wait.
    private static final int EARLY_MAX = 32;
    /// The log answers when it knows: only what it says counts.
    private static final long NO_TIMEOUT_MS = Integer.MAX_VALUE;

    /// Whom the writer tells.
    interface Owner {
        /// Whether messages of a log without other replicas may be placed before they are safe.
        boolean mayPlaceEarly();

        /// It is the queue's, at this offset.
        ///
        /// @param early whether it is not safe yet
        void onPlaced(long offset, Message message, boolean early);

        /// One that was placed is safe.
        void onStored(long offset, Publication publication);

        /// Not appended, or not known to be. One that is in the log all the same is none of the queue's until it is
        /// loaded anew: its publisher was told no, and sends it again.
        void onNotStored(Message message, Publication publication);

        /// Messages that were placed early are not, or may not be, what the log will hold at their offsets. Their
        /// publishers have been told.
        void onUprooted();
    }

    private record Entry(Message message, Publication publication) {}

    /// Messages on their way, or a checkpoint when there are none.
    private final class Batch implements AppendWatcher {
        private final List<Entry> entries;
        private final Consumer<AppendReply> told;
        private boolean placed;
        private @Nullable AppendReply reply;

        private Batch(List<Entry> entries, Consumer<AppendReply> told) {
            this.entries = entries;
            this.told = told;
            this.placed = entries.isEmpty();
        }

        /// One that comes when another waits to be placed waits, too: offsets rise.
        @Override
        public void onPlaced(AppendResult result) {
            if (!closed && !placed && unplaced == 1 && isLittleUnderWay() && owner.mayPlaceEarly()) {
                place(this, result.firstOffset(), true);
            }
        }

        @Override
        public void accept(AppendReply answer) {
            reply = answer;
            tellDone();
        }
    }

    private final TopicPartition partition;
    private final Loop loop;
    private final QueueLogs logs;
    private final Owner owner;
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    /// Batches of messages that are in flight and that the owner knows nothing of.
    private int unplaced;
    private List<Entry> waiting = new ArrayList<>();
    /// So many of those that wait are a batch each.
    private int alone;
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
        int to = 0;
        try {
            while (from < all.size()) {
                to = endOfBatch(all, from);
                append(all.subList(from, to));
                from = to;
            }
        } finally {
            if (from < all.size()) {
                onFault(all, from, to);
            }
        }
    }

    private int endOfBatch(List<Entry> all, int from) {
        int to = from;
        long bytes = 0;
        do {
            bytes += bytesOf(all.get(to++));
        } while (alone == 0 && to < all.size() && bytes + bytesOf(all.get(to)) <= BATCH_BYTES);
        alone = Math.max(0, alone - 1);
        return to;
    }

    private static long bytesOf(Entry entry) {
        return (long) entry.message.bytes() + RECORD_BYTES;
    }

    /// A batch could not be written down, which is a fault of ours. Its messages come again one by one, before all
    /// others; the one with which that fails, too, is not stored.
    private void onFault(List<Entry> all, int from, int to) {
        int next = from;
        if (to - from == 1) {
            next = to;
        } else {
            alone = to - from;
        }
        waiting.addAll(0, all.subList(next, all.size()));
        if (!waiting.isEmpty() && !flushPosted) {
            flushPosted = true;
            loop.post(this::flush);
        }
        if (next > from) {
            Entry faulty = all.get(from);
            owner.onNotStored(faulty.message, faulty.publication);
        }
    }

    private void append(List<Entry> entries) {
        List<Message> messages = entries.stream().map(Entry::message).toList();
        append(logs.codec().encode(messages), new Batch(entries, _ -> {}));
    }

    private void append(ByteBuffer bytes, Batch batch) {
        inFlight.add(batch);
        unplaced += batch.placed ? 0 : 1;
        logs.partitions()
                .append(partition, bytes, Lease.NONE, AppendOrigin.COORDINATOR, Acks.ALL, NO_TIMEOUT_MS, batch);
    }

    private boolean isLittleUnderWay() {
        int messages = 0;
        for (Batch batch : inFlight) {
            messages += batch.entries.size();
        }
        return messages <= EARLY_MAX;
    }

    private void place(Batch batch, long firstOffset, boolean early) {
        batch.placed = true;
        unplaced--;
        long offset = firstOffset;
        for (Entry entry : batch.entries) {
            owner.onPlaced(offset++, entry.message, early);
        }
    }

    /// Speaks of what is known to be stored, so it may overtake messages that wait.
    void add(Checkpoint checkpoint, long wallMs, Consumer<AppendReply> told) {
        append(logs.codec().encodeCheckpoint(checkpoint, wallMs), new Batch(List.of(), told));
    }

    boolean isIdle() {
        return waiting.isEmpty() && inFlight.isEmpty();
    }

    private void tellDone() {
        for (Batch first = inFlight.peek(); !closed && first != null; first = inFlight.peek()) {
            AppendReply reply = first.reply;
            if (reply == null) {
                return;
            }
            inFlight.remove();
            tell(first, reply);
        }
    }

    private void tell(Batch batch, AppendReply reply) {
        if (reply.error() == ErrorKind.NONE) {
            tellStored(batch, reply.result().firstOffset());
        } else if (batch.placed) {
            batch.entries.forEach(entry -> entry.publication.ended(Publication.End.FAILED));
        } else {
            unplaced--;
            batch.entries.forEach(entry -> owner.onNotStored(entry.message, entry.publication));
        }
        batch.told.accept(reply);
        if (reply.error() != ErrorKind.NONE && batch.placed && !batch.entries.isEmpty()) {
            owner.onUprooted();
        }
    }

    private void tellStored(Batch batch, long firstOffset) {
        if (!batch.placed) {
            place(batch, firstOffset, false);
        }
        long offset = firstOffset;
        for (Entry entry : batch.entries) {
            owner.onStored(offset++, entry.publication);
        }
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
