package io.millrace.log;

import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;

/// The ways in which a log's end is thrown away, each as the disk work of a [TruncationJob]. What a checkpoint says of
/// offsets that go is lowered first: should the work be broken off, nothing is missed.
///
/// Owned by: the log's owner, who makes one for one job; the cut itself runs where the job does.
record Cuts(
        LogDirectory directory, TopicPartition partition, LogContents contents, Positions positions, LogConfig config) {
    /// Whatever a cut at `offset` takes, it is in the segment with that offset, or behind.
    long staysBelow(long offset) {
        return Math.min(offset, contents.segmentStart(offset));
    }

    /// What is sound stays, from `trustedOffset` on by its checksums; everything behind the damage goes.
    TruncationJob.Cut salvage(long trustedOffset) {
        return job -> {
            directory.lowerCheckpoints(partition, trustedOffset);
            contents.replacedFrom(trustedOffset);
            long synced = Math.min(job.syncedOffset(), trustedOffset);
            return contents.reloadCutAt(positions.written(), synced, config)
                    .run()
                    .knownDurable(job.syncedOffset());
        };
    }

    /// The batch with `offset` and everything behind goes.
    TruncationJob.Cut truncate(long offset) {
        return job -> {
            long cut = contents.batchStart(offset);
            directory.lowerCheckpoints(partition, cut);
            job.cutsAt(cut);
            return contents.reloadCutAt(cut, job.syncedOffset(), config).run();
        };
    }

    /// The damaged batch with `offset` goes, what is not sound before it in its segment, and everything behind.
    TruncationJob.Cut repair(long offset) {
        long trusted = staysBelow(offset);
        return job -> {
            directory.lowerCheckpoints(partition, trusted);
            job.cutsAt(trusted);
            return contents.reloadCutAt(offset, Math.min(job.syncedOffset(), trusted), config)
                    .run()
                    .knownDurable(job.syncedOffset());
        };
    }

    /// Everything goes; the log goes on, empty, at `offset`.
    TruncationJob.Cut restart(long offset) {
        return job -> {
            directory.lowerCheckpoints(partition, 0);
            job.cutsAt(positions.start());
            LogLoader.Loaded empty = contents.startOver(offset, config);
            directory.checkpointStart(partition, offset); // no file keeps it until the first batch is there
            return empty;
        };
    }
}
