package io.millrace.log;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileCache;
import io.millrace.log.disk.FileContents;
import io.millrace.log.epoch.LeaderEpochs;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.producer.ProducerStates;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SegmentReopen;
import io.millrace.log.segment.SegmentScan;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// Brings a log back from its folder: at start, after a truncation, and after a storage error.
///
/// After a clean shutdown only names, sizes and the ends of the last segment's files are read. Otherwise every segment
/// that reaches above the recovery point is scanned batch by batch, the torn tail is cut, and indexes, leader epochs
/// and producers are rebuilt from what stays. Owned by: the thread that opens the log.
final class LogLoader {
    /// What a folder held.
    ///
    /// @param endOffset one past the last batch
    /// @param durableOffset everything below was fsynced, as far as it is there
    /// @param scanned the segments that were scanned, and are not known to be durable
    /// @param epochsChanged whether the epochs are not those in the file
    record Loaded(
            SegmentList segments,
            LeaderEpochs epochs,
            ProducerStates producers,
            long startOffset,
            long endOffset,
            long durableOffset,
            List<Segment> scanned,
            boolean epochsChanged) {
        /// What was looked at again is on disk as it was before.
        ///
        /// @param offset everything below was fsynced
        Loaded knownDurable(long offset) {
            long durable = Math.clamp(offset, durableOffset, endOffset);
            return new Loaded(segments, epochs, producers, startOffset, endOffset, durable, scanned, epochsChanged);
        }

        /// The same batches, of which memory knows more than files do.
        Loaded withProducers(ProducerStates known) {
            return new Loaded(segments, epochs, known, startOffset, endOffset, durableOffset, scanned, epochsChanged);
        }
    }

    /// How much of a log's end is looked through for what its producers sent last. It bounds what a start costs for
    /// each log that has any.
    private static final int RECALLED_BYTES = 256 << 10;

    private final FileCache cache;
    private final Disk disk;
    private final PartitionFolder folder;
    private final TopicPartition partition;
    private final LogConfig config;
    private final boolean clean;
    private final long recoveryPoint;
    private final TreeSet<String> names = new TreeSet<>();
    private final List<Segment> segments = new ArrayList<>();
    private final List<Segment> scanned = new ArrayList<>();
    private LeaderEpochs epochs = new LeaderEpochs();
    private boolean epochsChanged;

    /// @param clean whether everything in the folder was written, closed and may be trusted
    /// @param recoveryPoint everything below was fsynced; ignored when clean
    LogLoader(
            FileCache cache,
            PartitionFolder folder,
            TopicPartition partition,
            LogConfig config,
            boolean clean,
            long recoveryPoint) {
        this.cache = cache;
        this.disk = cache.disk();
        this.folder = folder;
        this.partition = partition;
        this.config = config;
        this.clean = clean;
        this.recoveryPoint = recoveryPoint;
    }

    /// @param startOffset the log's first offset as last checkpointed, 0 when unknown
    Loaded load(long startOffset) throws IOException {
        if (folder.exists()) {
            names.addAll(disk.list(folder.path()));
            new FolderCleanup(disk, folder.path(), names).run();
            listSegments();
            if (!clean) {
                folder.distrustNames();
            }
        }
        if (segments.isEmpty()) {
            if (recoveryPoint > startOffset) {
                throw missing(startOffset);
            }
            return empty(startOffset);
        }
        loadEpochs(Math.max(startOffset, segments.getFirst().baseOffset()));
        recoverSegments();
        long endOffset = segments.getLast().endOffset();
        if (!clean && endOffset < recoveryPoint) {
            throw SegmentScan.damaged(segments.getLast(), recoveryPoint);
        }
        if (endOffset < startOffset) {
            // Deleted up to a point the file does not reach any more: what is left is deleted, too.
            dropFrom(0);
            return empty(startOffset);
        }
        epochsChanged |= epochs.truncateFromEnd(endOffset);
        ProducerStates producers = loadProducers(endOffset);
        long start = Math.max(startOffset, segments.getFirst().baseOffset());
        return new Loaded(
                new SegmentList(segments),
                epochs,
                producers,
                start,
                endOffset,
                durable(endOffset),
                List.copyOf(scanned),
                epochsChanged);
    }

    /// A log whose files have just been removed: it goes on, without a batch, at `startOffset`.
    Loaded startOver(long startOffset) {
        Loaded empty = empty(startOffset);
        return new Loaded(
                empty.segments(), empty.epochs(), empty.producers(), startOffset, startOffset, 0, List.of(), true);
    }

    private long durable(long endOffset) {
        return clean ? endOffset : Math.min(recoveryPoint, endOffset);
    }

    private DamageException missing(long startOffset) {
        return new DamageException(
                ("%s has no segments although offsets %d to %d were on disk; restore the folder, or remove the"
                                + " partition's line from recovery-point-offset-checkpoint to give them up")
                        .formatted(folder.path(), startOffset, recoveryPoint - 1),
                0);
    }

    private Loaded empty(long startOffset) {
        Segment first = Segment.fresh(cache, folder.path(), startOffset, config.preallocatedBytes());
        return new Loaded(
                new SegmentList(List.of(first)),
                new LeaderEpochs(),
                new ProducerStates(partition),
                startOffset,
                startOffset,
                durable(startOffset),
                List.of(),
                false);
    }

    private void listSegments() throws IOException {
        TreeMap<Long, Integer> sizes = new TreeMap<>();
        for (String name : names) {
            OptionalLong base = SegmentNames.parse(name, SegmentNames.LOG);
            if (base.isPresent()) {
                long size = disk.sizeOf(folder.path() + "/" + name);
                if (size > Integer.MAX_VALUE) {
                    throw new IOException(folder.path() + "/" + name + " is too large for a segment");
                }
                sizes.put(base.getAsLong(), (int) size);
            }
        }
        sizes.forEach((base, size) -> {
            Long next = sizes.higherKey(base);
            segments.add(Segment.sealed(cache, folder.path(), base, next == null ? base : next, size));
        });
    }

    /// As the file has them, if it tells of everything from the log's start on. It does not when the start moved up and
    /// that was forgotten in a crash: followers with other batches below would not be found out.
    private void loadEpochs(long start) throws IOException {
        Optional<LeaderEpochs> stored = folder.readEpochs().map(LeaderEpochs::new);
        if (stored.isPresent() && stored.get().isKnownFrom(start)) {
            epochs = stored.get();
            return;
        }
        epochsChanged = true;
        for (Segment segment : segments) {
            long mustReach = clean ? segment.endOffset() : recoveryPoint;
            SegmentScan.replay(segment, 0, mustReach, this::assignEpoch);
        }
        epochs.beginAt(start); // compaction may have taken the first batches
    }

    private void assignEpoch(ByteBuffer buffer, int at) {
        int epoch = BatchHeader.leaderEpoch(buffer, at);
        if (epoch > epochs.latest()) {
            epochsChanged |= epochs.assign(epoch, BatchHeader.baseOffset(buffer, at));
        }
    }

    private void recoverSegments() throws IOException {
        int first = clean ? segments.size() : firstToScan();
        for (int i = 0; i < segments.size(); i++) {
            boolean last = i == segments.size() - 1;
            long next = last ? Long.MAX_VALUE : segments.get(i + 1).baseOffset();
            if (i >= first) {
                scanned.add(segments.get(i));
                if (scan(segments.get(i), new SegmentScan.Trust(recoveryPoint, config.compact()), next)) {
                    dropFrom(i + 1);
                    return;
                }
            } else if (last ? !SegmentReopen.reopen(segments.get(i)) : !hasIndexes(segments.get(i))) {
                scan(segments.get(i), SegmentScan.Trust.ALL, next);
            }
        }
    }

    private int firstToScan() {
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).baseOffset() > recoveryPoint) {
            first--;
        }
        return first;
    }

    private boolean hasIndexes(Segment segment) {
        return names.contains(SegmentNames.of(segment.baseOffset(), SegmentNames.OFFSET_INDEX))
                && names.contains(SegmentNames.of(segment.baseOffset(), SegmentNames.TIME_INDEX));
    }

    /// Returns whether the log ends in this segment: it had to be cut, or its last batches are missing without a trace.
    private boolean scan(Segment segment, SegmentScan.Trust trust, long next) throws IOException {
        boolean wasCut = SegmentScan.rebuild(segment, trust, next, config.indexIntervalBytes(), this::assignEpoch);
        if (next == Long.MAX_VALUE || wasCut) {
            return wasCut;
        }
        // Segments follow each other without a gap until they are compacted, which never happens above the recovery
        // point.
        if (segment.endOffset() < next && next > trust.recoveryPoint()) {
            return true;
        }
        segment.sealIndexes().write(segment);
        if (next <= trust.recoveryPoint()) {
            SegmentFiles.syncIndexes(segment); // the next start will not look at it again
        }
        segment.sealed();
        segment.setEndOffset(next);
        return false;
    }

    /// Durably: a log that is closed in order next, without a batch more, must not have them back after a power cut.
    private void dropFrom(int index) throws IOException {
        if (segments.size() == index) {
            return;
        }
        while (segments.size() > index) {
            SegmentFiles.delete(segments.removeLast());
        }
        disk.syncFolder(folder.path());
    }

    private ProducerStates loadProducers(long endOffset) throws IOException {
        ProducerStates producers = new ProducerStates(partition);
        long from = loadSnapshot(producers, endOffset);
        if (producers.count() > 0) {
            recallProducers(producers, from);
        }
        if (from >= endOffset) {
            return producers;
        }
        for (Segment segment : segments) {
            if (segment.endOffset() > from) {
                SegmentScan.replay(segment, from, segment.endOffset(), new ProducersAgain(producers));
            }
        }
        return producers;
    }

    /// A snapshot, in Kafka's form, knows the last batch of each producer only. What a client sent just before it may
    /// come again, when it was told NOT_LEADER by a node that stopped: it must be known for what it is.
    private void recallProducers(ProducerStates producers, long snapshotOffset) throws IOException {
        for (Segment segment : segments) {
            boolean hasIndexes = clean || segment.isSealed();
            if (hasIndexes && segment.endOffset() == snapshotOffset && segment.writtenBytes() > 0) {
                SegmentScan.tail(segment, RECALLED_BYTES, producers::recall);
            }
        }
    }

    /// Loads the newest usable snapshot and returns the offset it was taken at; damaged ones and ones from beyond the
    /// end are removed.
    private long loadSnapshot(ProducerStates producers, long endOffset) throws IOException {
        for (String name : names.descendingSet()) {
            OptionalLong offset = SegmentNames.parse(name, SegmentNames.SNAPSHOT);
            if (offset.isEmpty()) {
                continue;
            }
            String path = folder.path() + "/" + name;
            if (offset.getAsLong() <= endOffset) {
                ByteBuffer content = ByteBuffer.wrap(FileContents.read(disk, path));
                if (ProducerSnapshot.decode(content) instanceof ProducerSnapshot.Decoded.Producers found) {
                    producers.load(found.producers());
                    return offset.getAsLong();
                }
            }
            disk.delete(path);
        }
        return 0;
    }

    /// Learns from a log's headers what its producers sent, and believes none that is not what its producer is expected
    /// to send next without a look at the checksum.
    private record ProducersAgain(ProducerStates producers) implements SegmentScan.CheckingVisitor {
        @Override
        public boolean isDoubtful(ByteBuffer buffer, int at) {
            return producers.isUnexpected(buffer, at);
        }

        @Override
        public void damaged() {
            producers.onDamaged();
        }

        @Override
        public void batch(ByteBuffer buffer, int at) {
            producers.apply(buffer, at);
        }
    }
}
