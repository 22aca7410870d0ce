package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A metadata log of one voter in memory, for tests and the simulator: everything happens in turns of the loop, so that
/// a run can be repeated exactly. What it keeps outlives it in a [Storage], as a disk would.
///
/// Owned by: the loop given to [#start(Loop, Listener)].
public final class MemoryMetadataLog implements MetadataLog {
    /// Largest batch, as in the log on disk.
    public static final int BATCH_BYTES_MAX = 8 << 20;

    private static final Outcome ALONE =
            Outcome.refused(ErrorKind.UNSUPPORTED_VERSION, "This metadata log has one voter, for good.");

    private final int nodeId;
    private final Storage storage;
    private final Clock clock;
    private @Nullable Loop loop;
    private @Nullable Listener listener;
    private int epoch;
    private boolean closed;

    public MemoryMetadataLog(int nodeId, Storage storage, Clock clock) {
        this.nodeId = nodeId;
        this.storage = storage;
        this.clock = clock;
    }

    /// What was written, kept from one life of the log to the next.
    ///
    /// Owned by: the loop of the log that uses it.
    public static final class Storage {
        private final Deque<Batch> batches = new ArrayDeque<>();
        private @Nullable Batch snapshot;
        private long nextOffset;
        private int epoch;

        /// The number of batches that no snapshot replaced.
        public int batchCount() {
            return batches.size();
        }

        /// The last offset the newest snapshot covers, or -1.
        public long snapshotOffset() {
            return snapshot == null ? -1 : snapshot.last.offset();
        }
    }

    private record Batch(Position last, List<byte[]> records) {}

    @Override
    public void start(Loop loop, Listener listener) {
        this.loop = loop;
        this.listener = listener;
        loop.post(this::load);
    }

    private void load() {
        if (closed) {
            return;
        }
        Listener to = started(listener);
        if (storage.snapshot != null) {
            to.onSnapshot(storage.snapshot.last, decoded(storage.snapshot.records));
        }
        for (Batch batch : List.copyOf(storage.batches)) {
            to.onCommitted(batch.last, decoded(batch.records));
        }
        storage.epoch++;
        epoch = storage.epoch;
        to.onLeader(OptionalInt.of(nodeId), epoch);
    }

    @Override
    public AppendReply append(int epoch, List<MetadataRecord> batch) {
        started(loop).assertOwned();
        if (closed || epoch != this.epoch) {
            return new AppendReply.NotLeader();
        }
        List<byte[]> encoded = batch.stream().map(RecordCodec::encode).toList();
        if (encoded.stream().mapToLong(bytes -> bytes.length).sum() > BATCH_BYTES_MAX) {
            return new AppendReply.TooLarge();
        }
        storage.nextOffset += encoded.size();
        Batch stored = new Batch(new Position(storage.nextOffset - 1, epoch, clock.wallMs()), encoded);
        storage.batches.add(stored);
        started(loop).post(() -> deliver(stored));
        return new AppendReply.Accepted(stored.last.offset());
    }

    private void deliver(Batch batch) {
        if (!closed) {
            started(listener).onCommitted(batch.last, decoded(batch.records));
        }
    }

    @Override
    public void writeSnapshot(Position last, Contents contents) {
        started(loop).assertOwned();
        if (closed || last.offset() <= storage.snapshotOffset()) {
            return;
        }
        List<byte[]> encoded = new ArrayList<>();
        contents.forEach(record -> encoded.add(RecordCodec.encode(record)));
        storage.snapshot = new Batch(last, encoded);
        storage.batches.removeIf(batch -> batch.last.offset() <= last.offset());
    }

    @Override
    public void quorum(Consumer<QuorumView> reply) {
        Member self = new Member(nodeId, TopicId.NONE, storage.nextOffset, -1, -1);
        reply.accept(new QuorumView(nodeId, epoch, storage.nextOffset, List.of(self), List.of()));
    }

    @Override
    public SortedSet<Integer> voters() {
        return new TreeSet<>(List.of(nodeId));
    }

    @Override
    public Optional<PeerAddress> addressOf(int nodeId) {
        return Optional.empty();
    }

    @Override
    public void addVoter(Voter voter, Consumer<Outcome> reply) {
        reply.accept(ALONE);
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        reply.accept(ALONE);
    }

    @Override
    public void close() {
        closed = true;
    }

    private static List<MetadataRecord> decoded(List<byte[]> records) {
        List<MetadataRecord> decoded = new ArrayList<>(records.size());
        for (byte[] bytes : records) {
            switch (RecordCodec.decode(ByteBuffer.wrap(bytes))) {
                case RecordCodec.Decoded.Complete complete -> decoded.add(complete.record());
                case RecordCodec.Decoded.Malformed malformed -> throw new InvariantViolation(malformed.why());
            }
        }
        return decoded;
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new InvariantViolation("metadata log used before its start");
        }
        return part;
    }
}
