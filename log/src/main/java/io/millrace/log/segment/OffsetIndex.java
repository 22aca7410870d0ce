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

    /// Which entry is the last at or below a relative offset, -1 when there is none.
    static int entryByOffset(DiskFile file, int entries, int relativeOffset) throws IOException {
        return entry(file, entries, relativeOffset, true);
    }

    /// Position of the last batch indexed at or below a relative offset, 0 when there is none.
    static int floorByOffset(DiskFile file, int entries, int relativeOffset) throws IOException {
        return positionOf(file, entry(file, entries, relativeOffset, true));
    }

    /// The largest indexed position at or below `position`, 0 when there is none.
    static int floorByPosition(DiskFile file, int entries, int position) throws IOException {
        return positionOf(file, entry(file, entries, position, false));
    }

    private static int positionOf(DiskFile file, int entry) throws IOException {
        return entry < 0 ? 0 : position(read(file, entry));
    }

    private static long read(DiskFile file, int entry) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(ENTRY_BYTES);
        if (file.read(one, (long) entry * ENTRY_BYTES) < ENTRY_BYTES) {
            throw new IOException("index has no entry " + entry);
        }
        return one.getLong(0);
    }

    private static int entry(DiskFile file, int entries, int key, boolean byOffset) throws IOException {
        int low = 0;
        int high = entries;
        while (high - low > PAGE_ENTRIES) {
            int middle = (low + high) >>> 1;
            if (key(read(file, middle), byOffset) <= key) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return entryInPage(file, low, high, key, byOffset);
    }

    private static int entryInPage(DiskFile file, int low, int high, int key, boolean byOffset) throws IOException {
        ByteBuffer page = ByteBuffer.allocate((high - low) * ENTRY_BYTES);
        if (file.read(page, (long) low * ENTRY_BYTES) < page.capacity()) {
            throw new IOException("index is shorter than its " + high + " entries");
        }
        int found = low - 1;
        for (int at = 0; at < page.capacity(); at += ENTRY_BYTES) {
            if (key(page.getLong(at), byOffset) > key) {
                break;
            }
            found++;
        }
        return found;
    }

    private static int key(long entry, boolean byOffset) {
        return byOffset ? relativeOffset(entry) : position(entry);
    }
}
