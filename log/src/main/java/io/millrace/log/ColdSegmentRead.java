package io.millrace.log;

import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentCheck;
import io.millrace.log.segment.SegmentSearch;
import io.millrace.log.segment.SegmentSearch.Range;
import io.millrace.model.ErrorKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/// A read that may have to wait for the disk: searches one segment, and the ones behind it when compaction has emptied
/// the end of the first, then looks at the bytes, which also brings them into the page cache so that sending them does
/// not block. Of what is damaged somewhere behind, the sound beginning is handed out.
///
/// @param searches the segment that should have the offset and those behind it, the first to be looked at first
record ColdSegmentRead(List<SegmentSearch> searches) implements ReadResult.ColdRead {
    private static final FileSlice PAST_END = FileSlice.noneLeft();

    @Override
    public ReadResult run() {
        for (SegmentSearch search : searches) {
            ReadResult result = read(search);
            if (search.segment().isReplaced()) {
                // Cleaning swapped files under us: what was found may not belong together.
                release(result);
                return new ReadResult.Moved();
            }
            if (!(result instanceof ReadResult.Ready(FileSlice slice)) || slice != PAST_END) {
                return result;
            }
        }
        return new ReadResult.Ready(FileSlice.empty());
    }

    private static ReadResult read(SegmentSearch search) {
        try {
            Range range = search.find();
            return range == SegmentSearch.PAST_END ? new ReadResult.Ready(PAST_END) : checked(search, range);
        } catch (DamageException e) {
            return new ReadResult.Damaged(search.fromOffset());
        } catch (NoSuchFileException | FileNotFoundException e) {
            // Retention was faster than the reader.
            return new ReadResult.Refused(ErrorKind.OFFSET_OUT_OF_RANGE);
        } catch (IOException e) {
            return new ReadResult.Refused(ErrorKind.STORAGE_ERROR);
        }
    }

    private static void release(ReadResult result) {
        if (result instanceof ReadResult.Ready(FileSlice slice)) {
            slice.release();
        }
    }

    private static ReadResult checked(SegmentSearch search, Range range) throws IOException {
        if (range.length() == 0) {
            return new ReadResult.Ready(FileSlice.empty());
        }
        OpenFile held = search.segment().log().hold();
        int soundBytes = 0;
        try {
            soundBytes = soundBytes(search, held, range);
        } finally {
            if (soundBytes == 0) {
                held.release();
            }
        }
        if (soundBytes == 0) {
            return new ReadResult.Damaged(search.fromOffset());
        }
        return new ReadResult.Ready(FileSlice.of(held, range.position(), soundBytes));
    }

    /// What can not be read any more is as good as damaged; opening the file, which many things may prevent, went well.
    private static int soundBytes(SegmentSearch search, OpenFile held, Range range) throws ClosedChannelException {
        try {
            return SegmentCheck.soundBytes(search, held.file(), range);
        } catch (ClosedChannelException ours) {
            throw ours;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /// Bytes that need not be looked at.
    static ReadResult slice(Segment segment, Range range) throws IOException {
        return new ReadResult.Ready(
                range.length() == 0
                        ? FileSlice.empty()
                        : FileSlice.of(segment.log().hold(), range.position(), range.length()));
    }
}
