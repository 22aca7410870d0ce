package io.millrace.log.segment;

import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The layout of an `.index` file, and how it is searched: 8 bytes an entry, the offset relative to the segment's base
/// and the byte position of a batch. Offsets and positions both ascend, so the file is searched by either.
///
/// Searched with positional reads: a few of 8 bytes until at most one page of entries is left, then that page. It needs
/// no mapping, so an idle or cold segment costs no address space and nothing has to be unmapped.
public final class OffsetIndex {
    public static final int ENTRY_BYTES = 8;
    static final int PAGE_ENTRIES = 512;

    private OffsetIndex() {}

    static long entry(int relativeOffset, int position) {
        return (long) relativeOffset << 32 | position;
    }

    static int relativeOffset(long entry) {
        return (int) (entry >>> 32);
    }

    static int position(long entry) {
        return (int) entry;
    }

    /// Position of the last batch indexed at or below a relative offset, 0 when there is none.
    static int floorByOffset(DiskFile file, int entries, int relativeOffset) throws IOException {
        return floor(file, entries, relativeOffset, true);
    }

    /// The largest indexed position at or below `position`, 0 when there is none.
    static int floorByPosition(DiskFile file, int entries, int position) throws IOException {
        return floor(file, entries, position, false);
    }

    private static int floor(DiskFile file, int entries, int key, boolean byOffset) throws IOException {
        int low = 0;
        int high = entries;
        ByteBuffer one = ByteBuffer.allocate(ENTRY_BYTES);
        while (high - low > PAGE_ENTRIES) {
            int middle = (low + high) >>> 1;
            one.clear();
            if (file.read(one, (long) middle * ENTRY_BYTES) < ENTRY_BYTES) {
                throw new IOException("index is shorter than its " + entries + " entries");
            }
            if (key(one.getLong(0), byOffset) <= key) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return floorInPage(file, low, high, key, byOffset);
    }

    private static int floorInPage(DiskFile file, int low, int high, int key, boolean byOffset) throws IOException {
        ByteBuffer page = ByteBuffer.allocate((high - low) * ENTRY_BYTES);
        if (file.read(page, (long) low * ENTRY_BYTES) < page.capacity()) {
            throw new IOException("index is shorter than its " + high + " entries");
        }
        int found = 0;
        for (int at = 0; at < page.capacity(); at += ENTRY_BYTES) {
            long entry = page.getLong(at);
            if (key(entry, byOffset) > key) {
                break;
            }
            found = position(entry);
        }
        return found;
    }

    private static int key(long entry, boolean byOffset) {
        return byOffset ? relativeOffset(entry) : position(entry);
    }
}
