package io.millrace.log.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;

/// One walk over the records of a compressed batch as they come out of their codec: the checks of [RecordScan], in a
/// window of fixed size, and nothing of the records is kept. Records of the usual shape that lie in the window as a
/// whole go the quick way; long ones, those with headers and those cut by the window's end are read number by number.
///
/// Owned by: the check of one batch.
/// Invariant: never more than `bytesMax` bytes are taken from the codec, plus one window.
final class PackedScan {
    private static final int WINDOW_BYTES = 8 * 1024;
    /// With fewer bytes than these ahead the window is filled up before a record is read number by number: rare enough
    /// that moving the rest to the front costs nothing, early enough that few records are cut.
    private static final int LOW_BYTES = WINDOW_BYTES / 8;

    private static final int INT_BYTES_MAX = 5;
    private static final int LONG_BYTES_MAX = 10;

    private final InputStream source;
    private final long bytesMax;
    private final RecordScan scan;
    private final byte[] bytes = new byte[WINDOW_BYTES];
    private final ByteBuffer window = ByteBuffer.wrap(bytes);
    private int at;
    private int end;
    private long taken;
    private boolean isAtEnd;
    /// Bytes of the present record that were not read yet.
    private long left;

    PackedScan(InputStream source, long bytesMax, RecordScan scan) {
        this.source = source;
        this.bytesMax = bytesMax;
        this.scan = scan;
    }

    /// The records are more than the limit: perhaps a decompression bomb.
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// Walks `count` records that must be all there are.
    ///
    /// @throws StreamCorruptedException when they are not, or when one is not sound
    void walk(int count, long baseTimestamp) throws IOException {
        for (int index = 0; index < count; index++) {
            int behind = scan.scanFast(window, at, end, index, baseTimestamp);
            if (behind == RecordScan.UNDECIDED && end - at < LOW_BYTES && fill()) {
                behind = scan.scanFast(window, at, end, index, baseTimestamp);
            }
            if (behind == RecordScan.UNDECIDED) {
                walkRecord(index, baseTimestamp);
            } else {
                at = behind;
            }
        }
        if (at < end || fill()) {
            throw new StreamCorruptedException("Incorrect declared batch size, records still remaining in file");
        }
    }

    private void walkRecord(int index, long baseTimestamp) throws IOException {
        if (at == end && !fill()) {
            throw new StreamCorruptedException("Incorrect declared batch size, premature EOF reached");
        }
        left = INT_BYTES_MAX;
        int length = nextInt();
        if (length < 0) {
            throw new StreamCorruptedException("Invalid record size " + length);
        }
        left = length;
        nextByte(); // attributes, unused so far
        long timestampDelta = nextNumber(LONG_BYTES_MAX);
        int offsetDelta = nextInt();
        if (offsetDelta != index) {
            throw new StreamCorruptedException(
                    "Inner record with offset %d inside the compressed record set does not have incremental offsets, expected offset is %d"
                            .formatted(offsetDelta, index));
        }
        boolean hasKey = skipBytes(true);
        skipBytes(true);
        int headers = nextInt();
        if (headers < 0) {
            throw new StreamCorruptedException("Found invalid number of record headers " + headers);
        }
        // Each header takes two bytes at least, so a lying count runs into the record's end soon enough.
        for (int i = 0; i < headers; i++) {
            skipBytes(false);
            skipBytes(true);
        }
        if (left != 0) {
            throw new StreamCorruptedException("Invalid record size: %d bytes behind the record".formatted(left));
        }
        scan.note(baseTimestamp + timestampDelta, hasKey);
    }

    /// Passes over a length and as many bytes; returns whether they are there at all (not null).
    private boolean skipBytes(boolean nullable) throws IOException {
        int length = nextInt();
        if (length < 0) {
            if (nullable && length == -1) {
                return false;
            }
            throw new StreamCorruptedException("Found invalid record structure: a length of " + length);
        }
        if (length > left) {
            throw new StreamCorruptedException(
                    "Found invalid record structure: %d bytes where %d are left".formatted(length, left));
        }
        left -= length;
        for (int rest = length; rest > 0; ) {
            require();
            int step = Math.min(rest, end - at);
            at += step;
            rest -= step;
        }
        return true;
    }

    private int nextInt() throws IOException {
        return (int) nextNumber(INT_BYTES_MAX);
    }

    private long nextNumber(int bytesMost) throws IOException {
        long raw = 0;
        for (int i = 0; i < bytesMost; i++) {
            byte b = nextByte();
            raw |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                long number = bytesMost == INT_BYTES_MAX ? raw & 0xFFFF_FFFFL : raw;
                return (number >>> 1) ^ -(number & 1);
            }
        }
        throw new StreamCorruptedException("Found invalid record structure: a number without end");
    }

    private byte nextByte() throws IOException {
        if (left-- == 0) {
            throw new StreamCorruptedException("Found invalid record structure: a record shorter than its fields");
        }
        require();
        return bytes[at++];
    }

    private void require() throws IOException {
        if (at == end && !fill()) {
            throw new StreamCorruptedException("Invalid record size: the record payload reached end of the stream");
        }
    }

    /// Moves what is left to the front and reads on until the window is full; returns whether anything came.
    private boolean fill() throws IOException {
        System.arraycopy(bytes, at, bytes, 0, end - at);
        end -= at;
        at = 0;
        int before = end;
        while (!isAtEnd && end < WINDOW_BYTES) {
            int read = source.read(bytes, end, WINDOW_BYTES - end);
            if (read <= 0) {
                isAtEnd = true;
                break;
            }
            end += read;
            taken += read;
            if (taken > bytesMax) {
                throw new TooLargeException();
            }
        }
        return end > before;
    }
}
