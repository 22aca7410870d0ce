package io.millrace.log.segment;

import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The layout of a `.timeindex` file, and how it is searched: 12 bytes an entry, a timestamp and the relative offset of
/// the batch that reached it. An entry says: no batch up to this offset has a larger timestamp.
public final class TimeIndex {
    public static final int ENTRY_BYTES = 12;

    private TimeIndex() {}

    /// One entry.
    record Entry(long timestamp, int relativeOffset) {
        static final Entry NONE = new Entry(-1, -1);
    }

    static Entry read(DiskFile file, int index) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(ENTRY_BYTES);
        if (file.read(one, (long) index * ENTRY_BYTES) < ENTRY_BYTES) {
            throw new IOException("time index is shorter than " + (index + 1) + " entries");
        }
        return new Entry(one.getLong(0), one.getInt(Long.BYTES));
    }

    /// The last entry with a timestamp below `timestamp`: batches up to its offset are all older.
    static Entry below(DiskFile file, int entries, long timestamp) throws IOException {
        int low = 0;
        int high = entries - 1;
        Entry found = Entry.NONE;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Entry entry = read(file, middle);
            if (entry.timestamp() < timestamp) {
                found = entry;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return found;
    }
}
