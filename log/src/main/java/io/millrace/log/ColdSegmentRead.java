package io.millrace.log;

import io.millrace.log.disk.DiskFile;
import io.millrace.log.disk.OpenFile;
import io.millrace.log.segment.Segment;
import io.millrace.log.segment.SegmentSearch;
import io.millrace.log.segment.SegmentSearch.Range;
import io.millrace.model.ErrorKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;

/// A read that may have to wait for the disk: searches one segment, and the ones behind it when compaction has emptied
/// the end of the first, then touches the bytes so that sending them does not block.
///
/// @param searches the segment that should have the offset and those behind it, the first to be looked at first
record ColdSegmentRead(List<SegmentSearch> searches) implements ReadResult.ColdRead {
    private static final int WARM_STEP = 1 << 17;
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
            return range == SegmentSearch.PAST_END
                    ? new ReadResult.Ready(PAST_END)
                    : slice(search.segment(), range, true);
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

    static ReadResult slice(Segment segment, Range range, boolean warm) throws IOException {
        if (range.length() == 0) {
            return new ReadResult.Ready(FileSlice.empty());
        }
        OpenFile held = segment.log().hold();
        if (warm) {
            warm(held, range);
        }
        return new ReadResult.Ready(FileSlice.of(held, range.position(), range.length()));
    }

    private static void warm(OpenFile held, Range range) throws IOException {
        DiskFile file = held.file();
        if (file.isCached(range.position(), range.length())) {
            return;
        }
        ByteBuffer scratch = ByteBuffer.allocate(Math.min(range.length(), WARM_STEP));
        try {
            for (int done = 0; done < range.length(); done += scratch.capacity()) {
                scratch.clear().limit(Math.min(scratch.capacity(), range.length() - done));
                file.read(scratch, range.position() + (long) done);
            }
        } catch (IOException e) {
            held.release();
            throw e;
        }
    }
}
