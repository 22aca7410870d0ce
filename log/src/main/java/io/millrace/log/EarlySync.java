package io.millrace.log;

import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.Segment;
import java.io.IOException;
import java.util.List;

/// Lets the disk take what the page cache holds of a log, ahead of the flush job that makes it durable: minutes of
/// writes may be waiting there, and appends go on meanwhile, because nothing of the log changes. The job that follows
/// finds little left to sync, and tells of an error if there is one.
///
/// Made by the log's owner ([PartitionLog#earlySync()]), run once by any one thread.
public final class EarlySync {
    private final List<Segment> segments;

    EarlySync(List<Segment> segments) {
        this.segments = segments;
    }

    /// Blocks as long as the disk needs.
    public void run() {
        for (Segment segment : segments) {
            try {
                OpenFile held = segment.log().hold();
                try {
                    held.file().sync();
                } finally {
                    held.release();
                }
            } catch (IOException said) {
                // Deleted by retention, or the disk refuses: the flush job will find out which.
            }
        }
    }
}
