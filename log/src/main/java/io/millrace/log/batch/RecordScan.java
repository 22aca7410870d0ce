package io.millrace.log.batch;

import java.nio.ByteBuffer;

/// One walk over the uncompressed records of a batch that checks their framing without decoding anything into objects:
/// every length stays inside its record, offset deltas count up from 0, the records fill their bytes exactly. What a
/// consumer would stumble over is refused here; keys, values and header contents are nobody's business.
///
/// Reads never pass the given end. Made anew for each batch; the JIT keeps it off the heap.
final class RecordScan {
    private long maxTimestamp = BatchHeader.NO_TIMESTAMP;
    private long minTimestamp = Long.MAX_VALUE;
    private int keylessCount;

    /// Largest record timestamp, -1 when there is none.
    long maxTimestamp() {
        return maxTimestamp;
    }

    /// Smallest record timestamp, -1 when there is none.
    long minTimestamp() {
        return minTimestamp == Long.MAX_VALUE ? maxTimestamp : minTimestamp;
    }

    int keylessCount() {
        return keylessCount;
    }

    /// Walks `count` records that must fill `at` to `end`; returns whether they do.
    boolean scan(ByteBuffer buffer, int at, int end, int count, long baseTimestamp) {
        int position = at;
        for (int index = 0; index < count; index++) {
            int body = Varint.skip(buffer, position, end);
            if (body < 0) {
                return false;
            }
            int length = Varint.intAt(buffer, position);
            if (length < 0 || length > end - body) {
                return false;
            }
            position = body + length;
            if (!scanRecord(buffer, body, position, index, baseTimestamp)) {
                return false;
            }
        }
        return position == end;
    }

    private boolean scanRecord(ByteBuffer buffer, int at, int end, int index, long baseTimestamp) {
        // One byte of attributes, unused so far.
        int timestampDelta = at + 1;
        int offsetDelta = Varint.skip(buffer, timestampDelta, end);
        int key = offsetDelta < 0 ? offsetDelta : Varint.skip(buffer, offsetDelta, end);
        if (key < 0 || Varint.intAt(buffer, offsetDelta) != index) {
            return false;
        }
        int value = skipBytes(buffer, key, end, true);
        int headers = value < 0 ? value : skipBytes(buffer, value, end, true);
        if (headers < 0 || !scanHeaders(buffer, headers, end)) {
            return false;
        }
        if (Varint.intAt(buffer, key) < 0) {
            keylessCount++;
        }
        note(baseTimestamp + Varint.longAt(buffer, timestampDelta));
        return true;
    }

    private static boolean scanHeaders(ByteBuffer buffer, int at, int end) {
        int position = Varint.skip(buffer, at, end);
        if (position < 0) {
            return false;
        }
        int count = Varint.intAt(buffer, at);
        if (count < 0) {
            return false;
        }
        // Each header takes two bytes at least, so a lying count runs into the end soon enough.
        for (int i = 0; i < count; i++) {
            position = skipBytes(buffer, position, end, false);
            position = position < 0 ? position : skipBytes(buffer, position, end, true);
            if (position < 0) {
                return false;
            }
        }
        return position == end;
    }

    /// Position behind a length-prefixed run of bytes, or [Varint#MALFORMED].
    static int skipBytes(ByteBuffer buffer, int at, int end, boolean nullable) {
        int start = Varint.skip(buffer, at, end);
        if (start < 0) {
            return Varint.MALFORMED;
        }
        int length = Varint.intAt(buffer, at);
        if (length < 0) {
            return nullable && length == -1 ? start : Varint.MALFORMED;
        }
        return length <= end - start ? start + length : Varint.MALFORMED;
    }

    private void note(long timestamp) {
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
        }
        if (timestamp < minTimestamp && timestamp != BatchHeader.NO_TIMESTAMP) {
            minTimestamp = timestamp;
        }
    }
}
