package io.millrace.log;

import io.millrace.log.clean.CleanedGroup;
import io.millrace.log.clean.SegmentSwap;
import io.millrace.log.disk.FileCache;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentList;
import io.millrace.model.ErrorKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The renames that put a cleaned group in the place of the segments it stands for, cut loose from the log's owner as a
/// flush job is: made by [PartitionLog#beginClean], run once by any one thread, given back with
/// [PartitionLog#endClean].
public final class CleanSwap {
    private final PartitionFolder folder;
    private final CleanedGroup group;
    private final List<Segment> replaced;
    private List<String> retired = List.of();
    private ErrorKind error = ErrorKind.NONE;
    private String errorMessage = "";

    private CleanSwap(PartitionFolder folder, CleanedGroup group, List<Segment> replaced) {
        this.folder = folder;
        this.group = group;
        this.replaced = replaced;
    }

    /// Empty when the segments the group was made from are not there any more, all of them and side by side.
    static Optional<CleanSwap> of(
            SegmentList segments, PartitionFolder folder, CleanSketch sketch, CleanedGroup group) {
        int first = segments.indexOf(group.baseOffset());
        int count = group.replaced().size();
        if (first + count >= segments.count()) {
            return Optional.empty();
        }
        List<Segment> replaced = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Segment segment = segments.get(first + i);
            if (segment.baseOffset() != group.replaced().get(i) || !sketch.isMadeOf(segment)) {
                return Optional.empty();
            }
            replaced.add(segment);
        }
        if (replaced.getLast().endOffset() != group.endOffset()) {
            return Optional.empty();
        }
        replaced.forEach(Segment::replaced);
        replaced.forEach(segment -> segment.log().discard());
        return Optional.of(new CleanSwap(folder, group, List.copyOf(replaced)));
    }

    /// Renames the files. Never throws for what a disk can do: the outcome is in [#error()].
    public void run() {
        error = ErrorKind.STORAGE_ERROR; // until all is done: a fault of ours is no success either
        try {
            retired = SegmentSwap.commit(folder.disk(), folder.path(), group);
            error = ErrorKind.NONE;
        } catch (IOException refused) {
            errorMessage = String.valueOf(refused.getMessage());
        }
    }

    /// [ErrorKind#NONE], or [ErrorKind#STORAGE_ERROR] when the disk refused; valid after [#run()].
    public ErrorKind error() {
        return error;
    }

    /// What the disk said, empty when it did as it was told.
    public String errorMessage() {
        return errorMessage;
    }

    /// Files that wait for their readers to finish.
    List<String> retired() {
        return retired;
    }

    void settle(SegmentList segments) {
        FileCache cache = replaced.getFirst().cache();
        Segment cleaned =
                Segment.sealed(cache, folder.path(), group.baseOffset(), group.endOffset(), group.sizeBytes());
        cleaned.knowMaxTimestamp(group.maxTimestamp(), group.maxTimestampOffset());
        int first = segments.indexOf(group.baseOffset());
        for (int i = 0; i < replaced.size(); i++) {
            if (segments.get(first + i) != replaced.get(i)) {
                throw new IllegalStateException("segments changed during a swap in " + folder.path());
            }
        }
        segments.replace(first, replaced.size(), cleaned);
        replaced.forEach(segment -> segment.log().discard());
    }
}
