package io.millrace.log;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.config.LogConfig;
import io.millrace.log.epoch.LeaderEpochs;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.producer.ProducerStates;
import io.millrace.log.segment.IndexWrite;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentList;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/// What a log holds, as memory knows it: segments, leader epochs and producers, and with them where it begins and ends.
///
/// Owned by: the log's owner.
/// Invariant: the three tell of the same batches, those from the log's start to its end. They change together: with a
/// batch, with a new start, or all at once when the log is built anew from its files.
final class LogContents {
    private final TopicPartition partition;
    private final PartitionFolder folder;
    private final Positions positions;
    private SegmentList segments;
    private LeaderEpochs epochs;
    private ProducerStates producers;
    private boolean changedSinceFound;

    LogContents(TopicPartition partition, PartitionFolder folder, Positions positions, LogLoader.Loaded loaded) {
        this.partition = partition;
        this.folder = folder;
        this.positions = positions;
        this.segments = loaded.segments();
        this.epochs = loaded.epochs();
        this.producers = loaded.producers();
        install(loaded);
    }

    /// The log was built anew from its files: from now on it is that.
    void replaceWith(LogLoader.Loaded loaded) {
        Segment[] before = segments.snapshot();
        install(loaded);
        discard(before);
    }

    private void install(LogLoader.Loaded loaded) {
        segments = loaded.segments();
        epochs = loaded.epochs();
        producers = loaded.producers();
        positions.found(loaded.startOffset(), loaded.endOffset(), loaded.durableOffset());
        if (loaded.epochsChanged()) {
            folder.epochsChanged();
        }
        changedSinceFound = !loaded.scanned().isEmpty();
    }

    TopicPartition partition() {
        return partition;
    }

    Positions positions() {
        return positions;
    }

    SegmentList segments() {
        return segments;
    }

    Segment active() {
        return segments.active();
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    ProducerStates producers() {
        return producers;
    }

    /// A fresh active segment at the end; the one before is still to be sealed.
    Segment addSegment(LogConfig config) {
        Segment next = Segment.fresh(active().cache(), folder.path(), positions.end(), config.preallocatedBytes());
        segments.add(next);
        return next;
    }

    /// The producers known by now, as Kafka keeps them in a file per segment.
    ByteBuffer producerSnapshot() {
        return ProducerSnapshot.encode(producers.all());
    }

    /// Takes note of batches that were admitted, at the end of the active segment.
    void append(Admission.Admitted admitted, LogConfig config) {
        ByteBuffer batches = admitted.batches();
        Segment active = segments.active();
        for (int at = admitted.from(); at < admitted.end(); at += BatchHeader.sizeInBytes(batches, at)) {
            int epoch = BatchHeader.leaderEpoch(batches, at);
            if (epoch > epochs.latest() && epochs.assign(epoch, BatchHeader.baseOffset(batches, at))) {
                folder.epochsChanged();
            }
            active.append(batches, at, config.indexIntervalBytes());
            producers.apply(batches, at);
        }
        positions.appended(active.endOffset());
        changedSinceFound = true;
    }

    void moveStart(long offset) {
        positions.moveStart(offset);
        if (epochs.truncateFromStart(offset)) {
            folder.epochsChanged();
        }
    }

    /// Gives up the first `count` segments, and the offsets in them.
    List<Segment> removeFirst(int count) {
        List<Segment> removed = segments.removeFirst(count);
        if (segments.first().baseOffset() > positions.start()) {
            moveStart(segments.first().baseOffset());
        }
        return removed;
    }

    /// Puts a cleaned segment in the place of those it was made from.
    void settle(CleanSwap swap) {
        swap.settle(segments);
    }

    /// Lets go of memory that only a busy log needs.
    void idle(long nowMs) {
        for (Segment segment : segments.snapshot()) {
            segment.idle();
        }
        producers.expire(nowMs);
    }

    /// The work of cutting the log at `cutOffset` and building it anew from its files.
    ///
    /// @param syncedOffset everything below was fsynced
    Reload reloadCutAt(long cutOffset, long syncedOffset, LogConfig config) {
        long durable = Math.min(syncedOffset, cutOffset);
        LogLoader loader = new LogLoader(active().cache(), folder, partition, config, false, durable);
        return new Reload(new Truncation(segments, folder), loader, cutOffset, durable, positions.start());
    }

    /// The files from `offset` on may change: who reads there, and needs an index, asks again when the log is loaded
    /// anew.
    void replacedFrom(long offset) {
        for (Segment segment : segments.snapshot()) {
            if (segment.endOffset() > offset) {
                segment.replaced();
            }
        }
    }

    /// Who finds a file gone from now on is to ask again.
    void markReplaced() {
        for (Segment segment : segments.snapshot()) {
            segment.replaced();
        }
    }

    /// First offset of the segment that contains `offset`.
    long segmentStart(long offset) {
        return segments.get(segments.indexOf(offset)).baseOffset();
    }

    /// First offset of the batch that contains `offset`. Blocks.
    long batchStart(long offset) throws IOException {
        return new Truncation(segments, folder).batchStart(offset);
    }

    /// Throws all batches away and begins anew, empty, at `offset`. Blocks.
    LogLoader.Loaded startOver(long offset, LogConfig config) throws IOException {
        new Truncation(segments, folder).cutTo(Truncation.EVERYTHING, Truncation.EVERYTHING);
        return new LogLoader(active().cache(), folder, partition, config, false, 0).startOver(offset);
    }

    /// Everything is written and fsynced: leaves what lets the next start open the log without looking at its batches.
    /// Blocks.
    void finish() throws IOException {
        Segment active = segments.active();
        if (changedSinceFound && folder.exists()) {
            if (active.writtenBytes() > 0) {
                finish(active);
            }
            folder.writeSnapshot(positions.end(), producers.all());
            changedSinceFound = false;
        }
        folder.finish(epochs);
    }

    /// The next start believes what the indexes say: they must be there even if the machine stops next. The many small
    /// logs of a node, which are read as a whole, need not be waited for.
    private void finish(Segment active) throws IOException {
        IndexWrite index = active.sealIndexes();
        index.write(active);
        active.spilled(index);
        if (active.reliesOnIndexes()) {
            SegmentFiles.syncIndexes(active);
            folder.disk().syncFolder(folder.path());
        }
        Preallocation.trimDurably(active, active.writtenBytes());
    }

    /// Closes all files once their last reader lets go.
    void discardFiles() {
        discard(segments.snapshot());
    }

    private static void discard(Segment[] segments) {
        for (Segment segment : segments) {
            segment.log().discard();
        }
    }
}
