package io.millrace.log;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.clean.AbortedTxn;
import io.millrace.log.clean.CleanCandidate;
import io.millrace.log.clean.CleanCandidate.DirtySegment;
import io.millrace.log.clean.CleanPlan;
import io.millrace.log.clean.CleanPlan.ActiveProducer;
import io.millrace.log.clean.CleanPlan.SealedSegment;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.FileContents;
import io.millrace.log.producer.ProducerStates;
import io.millrace.log.segment.BatchCursor;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SegmentTimestamps;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the cleaner has to know of a log, noted down from memory by the log's owner ([PartitionLog#sketch]); what only
/// the disk knows is looked up when the cleaner asks.
///
/// Owned by: the thread that cleans, which may block. Immutable: of the log itself only its identity is used.
public final class CleanSketch {
    /// A batch that unpacks to more is kept as it is.
    private static final long UNPACKED_BYTES_MAX = 256L << 20;

    private final LogDirectory directory;
    private final PartitionLog log;
    private final TopicPartition partition;
    private final String folder;
    private final Disk disk;
    private final LogConfig config;
    private final long startOffset;
    private final long lastStableOffset;
    private final long durableOffset;
    private final List<Piece> pieces;
    private final List<ActiveProducer> producers;

    /// A segment as its owner knew it. Timestamps are -1 when only its files know them.
    private record Piece(
            Segment segment,
            long endOffset,
            int sizeBytes,
            boolean isSealed,
            long firstTimestamp,
            long maxTimestamp,
            boolean isMaxKnown) {
        static Piece of(Segment segment) {
            return new Piece(
                    segment,
                    segment.endOffset(),
                    segment.sizeBytes(),
                    segment.isSealed(),
                    segment.firstTimestamp(),
                    segment.maxTimestamp(),
                    segment.isMaxTimestampKnown());
        }
    }

    CleanSketch(
            LogDirectory directory,
            PartitionLog log,
            PartitionFolder folder,
            LogContents contents,
            long lastStableOffset) {
        this.directory = directory;
        this.log = log;
        this.partition = log.partition();
        this.folder = folder.path();
        this.disk = folder.disk();
        this.config = log.config();
        this.startOffset = log.startOffset();
        this.lastStableOffset = beforeOpenTransactions(contents.producers(), lastStableOffset);
        this.durableOffset = log.recoveryPoint();
        this.pieces =
                Arrays.stream(contents.segments().snapshot()).map(Piece::of).toList();
        this.producers = contents.producers().all().stream()
                .map(state -> new ActiveProducer(
                        state.producerId(), state.epoch(), state.hasBatches() ? state.lastOffset() : -1))
                .toList();
    }

    private static long beforeOpenTransactions(ProducerStates producers, long lastStableOffset) {
        long openTransaction = producers.firstOpenTransactionOffset();
        return openTransaction < 0 ? lastStableOffset : Math.min(lastStableOffset, openTransaction);
    }

    public TopicPartition partition() {
        return partition;
    }

    public String folder() {
        return folder;
    }

    public Disk disk() {
        return disk;
    }

    /// A round ended: the directory remembers up to where, on disk, if the partition is still this very log.
    ///
    /// @throws io.millrace.log.disk.StorageException when the disk refuses
    public void cleaned(long upTo) {
        directory.cleaned(log, upTo);
    }

    /// What cleaning this log would do now.
    public CleanCandidate candidate(long nowMs) throws IOException {
        List<Piece> cleanable = cleanable();
        Piece next = pieces.get(cleanable.size());
        long cleanedUpTo = directory.cleanedUpTo(partition);
        List<DirtySegment> judged = new ArrayList<>(cleanable.size() + 1);
        for (Piece piece : cleanable) {
            judged.add(judge(piece, piece.endOffset() > cleanedUpTo));
        }
        judged.add(new DirtySegment(next.segment().baseOffset(), next.sizeBytes(), -1, -1));
        return CleanCandidate.of(partition, judged, startOffset, lastStableOffset, cleanedUpTo, config, nowMs);
    }

    /// The sealed segments at the front that end below the checkpointed recovery point. What a crash could still tear
    /// must keep its offsets dense, because recovery takes a gap for damage; and the last batch known to be durable is
    /// never cleaned, because a log whose last batch is gone would begin again at a lower offset.
    private List<Piece> cleanable() {
        long durable = Math.min(durableOffset, directory.checkpointedRecoveryPoint(partition));
        int count = 0;
        while (count < pieces.size() - 1
                && pieces.get(count).isSealed()
                && pieces.get(count).endOffset() < durable) {
            count++;
        }
        return pieces.subList(0, count);
    }

    /// Looks at the files only where a setting asks for times that are not known.
    private DirtySegment judge(Piece piece, boolean isDirty) throws IOException {
        long first = piece.firstTimestamp();
        long max = piece.maxTimestamp();
        if (isDirty && first < 0 && config.maxCompactionLagMs() < Long.MAX_VALUE) {
            first = firstTimestamp(piece);
        }
        if (isDirty && max < 0 && config.minCompactionLagMs() > 0) {
            max = maxTimestamp(piece);
        }
        return new DirtySegment(piece.segment().baseOffset(), piece.sizeBytes(), first, max);
    }

    private long firstTimestamp(Piece piece) throws IOException {
        try (DiskFile file = disk.open(piece.segment().log().path())) {
            BatchCursor cursor = new BatchCursor(file, 0, piece.sizeBytes(), BatchHeader.OVERHEAD);
            return cursor.next() ? BatchHeader.maxTimestamp(cursor.buffer(), cursor.at()) : BatchHeader.NO_TIMESTAMP;
        }
    }

    private long maxTimestamp(Piece piece) throws IOException {
        long indexed = piece.isMaxKnown() ? -1 : SegmentTimestamps.largest(piece.segment());
        return indexed >= 0 ? indexed : disk.modifiedMs(piece.segment().log().path());
    }

    /// Fixes what one round works on: a [io.millrace.log.clean.CleanRun] needs nothing else of the log.
    public CleanPlan plan(CleanCandidate candidate, long nowMs) throws IOException {
        List<SealedSegment> sealed = new ArrayList<>();
        List<AbortedTxn> aborted = new ArrayList<>();
        for (Piece piece : cleanable()) {
            sealed.add(new SealedSegment(piece.segment().baseOffset(), piece.endOffset(), piece.sizeBytes()));
            aborted.addAll(abortedIn(piece.segment()));
        }
        return new CleanPlan(
                folder,
                List.copyOf(sealed),
                candidate.firstDirtyOffset(),
                candidate.firstUncleanableOffset(),
                producers,
                List.copyOf(aborted),
                config,
                UNPACKED_BYTES_MAX,
                nowMs);
    }

    /// Whether it is one of the segments that were sketched as sealed, and not another one of the same name.
    boolean isMadeOf(Segment segment) {
        return pieces.stream().anyMatch(piece -> piece.segment() == segment && piece.isSealed());
    }

    private List<AbortedTxn> abortedIn(Segment segment) throws IOException {
        String path = segment.path(SegmentNames.TXN_INDEX);
        return disk.exists(path) ? AbortedTxn.decodeAll(ByteBuffer.wrap(FileContents.read(disk, path))) : List.of();
    }

    /// Removes what a round that was broken off left behind. Only while no swap of this log is out.
    public void sweepRemains() throws IOException {
        for (String name : disk.list(folder)) {
            if (name.endsWith(SegmentNames.CLEANED)) {
                disk.delete(folder + "/" + name);
            }
        }
    }
}
