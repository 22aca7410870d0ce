package io.millrace.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.raft.Isolation;
import org.apache.kafka.raft.LogAppendInfo;
import org.apache.kafka.raft.LogFetchInfo;
import org.apache.kafka.raft.LogOffsetMetadata;
import org.apache.kafka.raft.RaftLog;
import org.apache.kafka.server.common.OffsetAndEpoch;
import org.apache.kafka.snapshot.RawSnapshotReader;
import org.apache.kafka.snapshot.RawSnapshotWriter;

/// The engine's log, watched: how far it is committed *and* on disk. The engine counts a leader's own copy before it is
/// synced, alone as among others; so what a leader appends is synced here at once, before anything is counted or
/// fetched, and a majority is one of disks.
///
/// Owned by: the Raft thread; reads may come from others, as the engine allows.
/// Invariant: `onDurable` is told an offset only after the log is synced up to it, and [CommittedOffset] has it.
final class DurableRaftLog implements RaftLog {
    private final RaftLog log;
    private final CommittedOffset committed;
    private final ActiveSegment active;
    private final LongConsumer onDurable;
    private long flushedEnd;

    /// @param onDurable told the offset after the last record that is committed and on disk
    DurableRaftLog(RaftLog log, CommittedOffset committed, ActiveSegment active, LongConsumer onDurable) {
        this.log = log;
        this.committed = committed;
        this.active = active;
        this.onDurable = onDurable;
    }

    @Override
    public void flush(boolean forceFlushActiveSegment) {
        LogOffsetMetadata end = log.endOffset();
        if (forceFlushActiveSegment || flushedEnd < end.offset()) {
            if (forceFlushActiveSegment || !active.sync(end)) {
                log.flush(forceFlushActiveSegment);
                active.follow(end);
            }
            flushedEnd = end.offset();
        }
        advance();
    }

    @Override
    public void updateHighWatermark(LogOffsetMetadata offsetMetadata) {
        log.updateHighWatermark(offsetMetadata);
        advance();
    }

    private void advance() {
        long durable = Math.min(flushedEnd, log.highWatermark().offset());
        if (durable > committed.offset()) {
            try {
                committed.advanceTo(durable);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        // Told even when the mark does not move: after a start it may lie ahead of what this life has flushed.
        onDurable.accept(durable);
    }

    @Override
    public LogAppendInfo appendAsLeader(Records records, int epoch) {
        LogAppendInfo appended = log.appendAsLeader(records, epoch);
        flush(false);
        return appended;
    }

    @Override
    public LogAppendInfo appendAsFollower(Records records, int epoch) {
        return log.appendAsFollower(records, epoch);
    }

    @Override
    public LogFetchInfo read(long startOffsetInclusive, Isolation isolation, int maxTotalRecordsSizeBytes) {
        return log.read(startOffsetInclusive, isolation, maxTotalRecordsSizeBytes);
    }

    @Override
    public int lastFetchedEpoch() {
        return log.lastFetchedEpoch();
    }

    @Override
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        return log.endOffsetForEpoch(epoch);
    }

    @Override
    public LogOffsetMetadata endOffset() {
        return log.endOffset();
    }

    @Override
    public LogOffsetMetadata highWatermark() {
        return log.highWatermark();
    }

    @Override
    public long startOffset() {
        return log.startOffset();
    }

    @Override
    public void initializeLeaderEpoch(int epoch) {
        log.initializeLeaderEpoch(epoch);
    }

    @Override
    public void truncateTo(long offset) {
        if (offset < committed.offset()) {
            throw new IllegalStateException("asked to cut the metadata log at offset " + offset + ", but "
                    + (committed.offset() - 1) + " is committed");
        }
        active.forget();
        log.truncateTo(offset);
        flushedEnd = Math.min(flushedEnd, offset);
    }

    @Override
    public boolean truncateToLatestSnapshot() {
        active.forget();
        boolean truncated = log.truncateToLatestSnapshot();
        if (truncated) {
            flushedEnd = log.endOffset().offset(); // a snapshot is fsynced before it gets its name
        }
        return truncated;
    }

    @Override
    public boolean deleteBeforeSnapshot(OffsetAndEpoch snapshotId) {
        return log.deleteBeforeSnapshot(snapshotId);
    }

    @Override
    public boolean maybeClean() {
        return log.maybeClean();
    }

    @Override
    public TopicPartition topicPartition() {
        return log.topicPartition();
    }

    @Override
    public Uuid topicId() {
        return log.topicId();
    }

    @Override
    public Optional<RawSnapshotWriter> createNewSnapshot(OffsetAndEpoch snapshotId) {
        return log.createNewSnapshot(snapshotId);
    }

    @Override
    public Optional<RawSnapshotWriter> createNewSnapshotUnchecked(OffsetAndEpoch snapshotId) {
        return log.createNewSnapshotUnchecked(snapshotId);
    }

    @Override
    public Optional<RawSnapshotReader> readSnapshot(OffsetAndEpoch snapshotId) {
        return log.readSnapshot(snapshotId);
    }

    @Override
    public Optional<RawSnapshotReader> latestSnapshot() {
        return log.latestSnapshot();
    }

    @Override
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return log.latestSnapshotId();
    }

    @Override
    public Optional<OffsetAndEpoch> earliestSnapshotId() {
        return log.earliestSnapshotId();
    }

    @Override
    public void onSnapshotFrozen(OffsetAndEpoch snapshotId) {
        log.onSnapshotFrozen(snapshotId);
    }

    @Override
    public void close() {
        active.forget();
        log.close();
        try {
            committed.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
