package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentFiles;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SegmentTimestamps;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The disk work of retention, cut loose from the log's owner as a flush job is: looks up how old segments are, or
/// renames the files of segments that the log has given up.
///
/// Made by the log's owner ([PartitionLog#beginRetention]), run once by any one thread, given back with
/// [PartitionLog#endRetention].
public final class RetentionJob {
    private final List<Segment> unknown;
    private final List<Segment> removed;
    private final List<Long> newest = new ArrayList<>();
    private final List<String> marked = new ArrayList<>();
    private ErrorKind error = ErrorKind.NONE;
    private String errorMessage = "";

    private RetentionJob(List<Segment> unknown, List<Segment> removed) {
        this.unknown = unknown;
        this.removed = removed;
    }

    static RetentionJob lookAt(List<Segment> unknown) {
        return new RetentionJob(unknown, List.of());
    }

    static RetentionJob remove(List<Segment> removed) {
        return new RetentionJob(List.of(), removed);
    }

    /// Does the I/O. Never throws for what a disk can do: the outcome is in [#error()].
    public void run() {
        error = ErrorKind.STORAGE_ERROR; // until all is done: a fault of ours is no success either
        try {
            for (Segment segment : unknown) {
                newest.add(SegmentTimestamps.largest(segment));
            }
            for (Segment segment : removed) {
                marked.addAll(SegmentFiles.markDeleted(segment));
                Disk disk = segment.cache().disk();
                disk.delete(segment.path(SegmentNames.SNAPSHOT));
            }
            error = ErrorKind.NONE;
        } catch (IOException e) {
            errorMessage = String.valueOf(e.getMessage());
        }
    }

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when the disk refused; valid after [#run()].
    public ErrorKind error() {
        return error;
    }

    public String errorMessage() {
        return errorMessage;
    }

    /// Bytes the log gave up.
    public long freedBytes() {
        return removed.stream().mapToLong(Segment::sizeBytes).sum();
    }

    List<Segment> removed() {
        return removed;
    }

    /// Files that wait for their readers to finish.
    List<String> marked() {
        return marked;
    }

    /// Tells the segments what was found out about them.
    void settle() {
        for (int i = 0; i < newest.size(); i++) {
            unknown.get(i).knowMaxTimestamp(newest.get(i), -1);
        }
    }
}
