package io.millrace.server.stream;

import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.replica.FetchCall;
import io.millrace.kafka.replica.FetchedFrame;
import io.millrace.kafka.replica.LeaderCalls;
import io.millrace.log.FileSlice;
import io.millrace.log.disk.HeapFile;
import io.millrace.log.disk.OpenFile;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/// The partitions another node leads, as one loop here reads and writes them. Kafka's requests on connections of their
/// own: one for appends, one for questions that are answered at once, and a few for reads that wait. Reads that wait
/// share a request; the others start the next one as soon as a connection is free.
///
/// Owned by: that loop.
final class RemoteLeader {
    private static final int POLLS_MAX = 3;
    private static final int POLL_MS = 500;
    private static final int POLL_READS_MAX = 1_000;
    private static final int POLL_BYTES = 4 << 20;
    private static final long GRACE_MS = 5_000;
    private static final int NO_SESSION = 0;
    private static final int NO_SESSION_EPOCH = -1;
    private static final int CONSUMER = -1;
    private static final String NAME = PeerChannel.RECORDS.clientId();

    private final Clock clock;
    private final LeaderLine appends;
    private final LeaderLine questions;
    private final Deque<LeaderLine> freePolls = new ArrayDeque<>();
    private final Set<Read> unanswered = new HashSet<>();
    /// For the next request; some may have been given up.
    private final Deque<Read> waiting = new ArrayDeque<>();

    /// @param line makes another connection to the node
    RemoteLeader(Clock clock, Supplier<LeaderLine> line) {
        this.clock = clock;
        this.appends = line.get();
        this.questions = line.get();
        for (int i = 0; i < POLLS_MAX; i++) {
            freePolls.add(line.get());
        }
    }

    void append(TopicId topic, int partition, ByteBuffer batches, long timeoutMs, Consumer<AppendReply> reply) {
        int patienceMs = (int) Math.min(timeoutMs, Integer.MAX_VALUE);
        appends.send(
                LeaderCalls.produce(topic, partition, batches, patienceMs, NAME),
                patienceMs + GRACE_MS,
                answer -> reply.accept(
                        read(answer, frame -> LeaderCalls.produced(frame, batches), RemoteLeader::notAppended)));
    }

    /// Nobody knows whether it is.
    private static AppendReply notAppended() {
        return AppendReply.refused(ErrorKind.REQUEST_TIMED_OUT, "the leader did not answer");
    }

    void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        questions.send(
                LeaderCalls.offset(query, NAME),
                GRACE_MS,
                answer -> reply.accept(read(answer, LeaderCalls::offset, RemoteLeader::noOffset)));
    }

    private static OffsetReply noOffset() {
        return new OffsetReply(ErrorKind.NOT_LEADER, -1, -1, -1, LeaderHint.NONE);
    }

    private static <T> T read(PeerAnswer answer, Function<ByteBuffer, Decoded<T>> decode, Supplier<T> otherwise) {
        return answer instanceof PeerAnswer.Frame(ByteBuffer bytes, var _)
                        && decode.apply(bytes) instanceof Decoded.Complete<T>(T read)
                ? read
                : otherwise.get();
    }

    // --- reads

    /// One read until it is answered.
    static final class Read {
        private final TopicIdPartition key;
        private final TopicPartition partition;
        private final long offset;
        private final int bytesMax;
        private final long deadlineMs;
        private final Consumer<FetchReply> reply;

        /// @param topic of `partition`
        /// @param deadlineMs until when it waits for something to come
        Read(
                TopicId topic,
                TopicPartition partition,
                long offset,
                int bytesMax,
                long deadlineMs,
                Consumer<FetchReply> reply) {
            this.key = new TopicIdPartition(topic, partition.partition());
            this.partition = partition;
            this.offset = offset;
            this.bytesMax = bytesMax;
            this.deadlineMs = deadlineMs;
            this.reply = reply;
        }

        private void answer(FetchedFrame.Part part) {
            ByteBuffer own = ByteBuffer.allocate(part.records().remaining());
            own.put(part.records().duplicate()).flip(); // the frame is somebody else's
            FileSlice slice = FileSlice.of(new OpenFile(new HeapFile(own, () -> {})), 0, own.remaining());
            reply.accept(new FetchReply(List.of(new FetchReply.Part(
                    partition,
                    ErrorKind.NONE,
                    slice,
                    part.highWatermark(),
                    part.highWatermark(),
                    part.startOffset(),
                    LeaderHint.NONE,
                    null))));
        }

        private void fail(ErrorKind error) {
            reply.accept(new FetchReply(List.of(FetchReply.Part.refused(partition, error, LeaderHint.NONE))));
        }
    }

    /// What is there is answered at once.
    void fetch(Read read) {
        unanswered.add(read);
        ask(questions, List.of(read), 0);
    }

    /// It is never answered.
    void cancel(Read read) {
        unanswered.remove(read);
    }

    private void ask(LeaderLine line, List<Read> reads, int waitMs) {
        var limits = new FetchCall.Limits(waitMs, waitMs == 0 ? 0 : 1, POLL_BYTES, POLL_BYTES);
        FetchCall call = new FetchCall(CONSUMER, -1, NO_SESSION, NO_SESSION_EPOCH, limits);
        for (Read read : reads) {
            call.want(read.key.topicId(), read.key.partition(), read.offset, -1, -1, -1, read.bytesMax);
        }
        line.send(call.encode(NAME), waitMs + GRACE_MS, answer -> {
            if (waitMs > 0) {
                freePolls.add(line);
            }
            onAnswer(reads, answer);
            poll();
        });
    }

    private void onAnswer(List<Read> reads, PeerAnswer answer) {
        Map<TopicIdPartition, FetchedFrame.Part> parts = new HashMap<>();
        for (FetchedFrame.Part part :
                read(answer, FetchedFrame::decode, RemoteLeader::nothing).parts()) {
            parts.put(new TopicIdPartition(part.topic(), part.partition()), part);
        }
        long nowMs = clock.monotonicMs();
        for (Read read : reads) {
            FetchedFrame.Part part = parts.get(read.key);
            boolean isNews = part == null
                    || part.error() != ErrorKind.NONE
                    || part.records().hasRemaining();
            if (!isNews && nowMs < read.deadlineMs) {
                waiting.add(read);
            } else if (unanswered.remove(read)) {
                give(read, part);
            }
        }
    }

    private static FetchedFrame nothing() {
        return new FetchedFrame(Errors.NOT_LEADER_OR_FOLLOWER, NO_SESSION, List.of());
    }

    private static void give(Read read, FetchedFrame.@Nullable Part part) {
        if (part == null) {
            read.fail(ErrorKind.NOT_LEADER);
        } else if (part.error() != ErrorKind.NONE) {
            read.fail(part.error());
        } else {
            read.answer(part);
        }
    }

    /// Asks for all that waits, in one request for each free connection; of a partition one place at a time.
    private void poll() {
        while (!freePolls.isEmpty() && !waiting.isEmpty()) {
            Map<TopicIdPartition, Read> asked = new LinkedHashMap<>();
            List<Read> later = new ArrayList<>();
            for (Read read = waiting.poll(); read != null; read = waiting.poll()) {
                boolean isWanted = unanswered.contains(read);
                if (isWanted && (asked.size() == POLL_READS_MAX || asked.putIfAbsent(read.key, read) != null)) {
                    later.add(read);
                }
            }
            waiting.addAll(later);
            if (!asked.isEmpty()) {
                ask(freePolls.remove(), List.copyOf(asked.values()), POLL_MS);
            }
        }
    }
}
