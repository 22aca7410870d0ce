package io.millrace.log;

import io.millrace.log.clean.AbortedTxn;
import io.millrace.log.clean.CleanCandidate;
import io.millrace.log.clean.CleanCandidate.DirtySegment;
import io.millrace.log.clean.CleanPlan;
import io.millrace.log.clean.CleanPlan.ActiveProducer;
import io.millrace.log.clean.CleanPlan.SealedSegment;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.producer.ProducerState;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SegmentTimestamps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Tells the cleaner what it needs to know of a log. Called by the log's owner.
final class LogCleaning {
    private LogCleaning() {}

    static CleanCandidate candidate(
            PartitionLog log, SegmentList segments, long cleanedUpTo, long lastStableOffset, long nowMs)
            throws IOException {
        List<DirtySegment> known = new ArrayList<>(segments.count());
        for (Segment segment : segments.snapshot()) {
            SegmentTimestamps.load(segment);
            SegmentTimestamps.loadFirst(segment);
            long newestMs = segment.maxTimestamp() >= 0 || segment.writtenBytes() == 0
                    ? segment.maxTimestamp()
                    : segment.cache().disk().modifiedMs(segment.log().path());
            known.add(new DirtySegment(segment.baseOffset(), segment.sizeBytes(), segment.firstTimestamp(), newestMs));
        }
        return CleanCandidate.of(
                log.partition(), known, log.startOffset(), lastStableOffset, cleanedUpTo, log.config(), nowMs);
    }

    static CleanPlan plan(
            PartitionLog log,
            SegmentList segments,
            Collection<ProducerState> producers,
            CleanCandidate candidate,
            long decompressedBytesMax,
            long nowMs)
            throws IOException {
        List<SealedSegment> sealed = new ArrayList<>(segments.count());
        List<AbortedTxn> aborted = new ArrayList<>();
        for (int i = 0; i < segments.count() - 1 && segments.get(i).isSealed(); i++) {
            Segment segment = segments.get(i);
            sealed.add(new SealedSegment(segment.baseOffset(), segment.endOffset(), segment.sizeBytes()));
            aborted.addAll(abortedIn(segment));
        }
        List<ActiveProducer> active = producers.stream()
                .map(state -> new ActiveProducer(
                        state.producerId(), state.epoch(), state.hasBatches() ? state.lastOffset() : -1))
                .toList();
        return new CleanPlan(
                log.folder().path(),
                List.copyOf(sealed),
                candidate.firstDirtyOffset(),
                candidate.firstUncleanableOffset(),
                active,
                List.copyOf(aborted),
                log.config(),
                decompressedBytesMax,
                nowMs);
    }

    private static List<AbortedTxn> abortedIn(Segment segment) throws IOException {
        Disk disk = segment.cache().disk();
        String path = segment.path(SegmentNames.TXN_INDEX);
        return disk.exists(path) ? AbortedTxn.decodeAll(ByteBuffer.wrap(FileContents.read(disk, path))) : List.of();
    }
}
