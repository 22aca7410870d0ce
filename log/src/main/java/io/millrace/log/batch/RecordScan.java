package io.millrace.log.batch;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One walk over the uncompressed records of a batch that checks their framing without decoding anything into objects:
/// every length stays inside its record, offset deltas count up from 0, the records fill their bytes exactly. What a
/// consumer would stumble over is refused here; keys, values and header contents are nobody's business.
///
/// Most records are small, without headers, and have deltas and lengths of one or two bytes: those are checked with two
/// eight-byte reads and one of a single byte. Whatever looks different takes the slow way, which alone may refuse.
///
/// Reads never pass the given end. Made anew for each batch; the JIT keeps it off the heap.
final class RecordScan {
    /// Answer of the fast way: somebody else must look.
    static final int UNDECIDED = -1;

    private static final int FAST_BYTES = Long.BYTES;

    private static final long MORE = 0x8080;

    private long maxTimestamp = BatchHeader.NO_TIMESTAMP;
    private long minTimestamp = Long.MAX_VALUE;
    private int keylessCount;
    private final @Nullable Witness witness;

    /// Who wants to see each record.
    interface Witness {
        /// A sound record was passed; they come in order.
        void saw(long timestamp, boolean hasKey);
    }

    RecordScan() {
        this(null);
    }

    RecordScan(@Nullable Witness witness) {
        this.witness = witness;
    }

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
            int behind = scanFast(buffer, position, end, index, baseTimestamp);
            if (behind != UNDECIDED) {
                position = behind;
                continue;
            }
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

    /// Checks the record at `at` if it is of the usual shape; returns the position behind it, or [#UNDECIDED].
    int scanFast(ByteBuffer buffer, int at, int end, int index, long baseTimestamp) {
        if (end - at < FAST_BYTES) {
            return UNDECIDED;
        }
        // The lowest byte is the first one from here on.
        long word = Long.reverseBytes(buffer.getLong(at));
        if (isLonger(word)) {
            return UNDECIDED;
        }
        int lengthBytes = bytesOf(word);
        int length = valueOf(word);
        word >>>= lengthBytes * Byte.SIZE + Byte.SIZE;
        int used = lengthBytes + 1;
        int recordEnd = at + lengthBytes + length;
        if (isLonger(word)) {
            return UNDECIDED;
        }
        int timestampDelta = valueOf(word);
        used += bytesOf(word);
        word >>>= bytesOf(word) * Byte.SIZE;
        if (isLonger(word)) {
            return UNDECIDED;
        }
        int offsetDelta = valueOf(word);
        used += bytesOf(word);
        word >>>= bytesOf(word) * Byte.SIZE;
        int keyLength = valueOf(word);
        used += bytesOf(word);
        // What was shifted in from beyond the eight bytes is not the record's.
        if (isLonger(word) || used > FAST_BYTES || offsetDelta != index) {
            return UNDECIDED;
        }
        if (length < 0 || recordEnd > end || keyLength < -1) {
            return UNDECIDED;
        }
        if (!hasUsualRest(buffer, at + used + Math.max(0, keyLength), recordEnd, end)) {
            return UNDECIDED;
        }
        note(baseTimestamp + timestampDelta, keyLength >= 0);
        return recordEnd;
    }

    /// Whether a value and no headers fill the record from `at` to `recordEnd`.
    private static boolean hasUsualRest(ByteBuffer buffer, int at, int recordEnd, int end) {
        if (end - at < FAST_BYTES) {
            return false;
        }
        long word = Long.reverseBytes(buffer.getLong(at));
        if (isLonger(word)) {
            return false;
        }
        int length = valueOf(word);
        int headers = at + bytesOf(word) + Math.max(0, length);
        return length >= -1 && headers + 1 == recordEnd && buffer.get(headers) == 0;
    }

    /// Whether the number in the lowest bytes takes more than two of them.
    private static boolean isLonger(long word) {
        return (word & MORE) == MORE;
    }

    /// Length of the one- or two-byte number in the lowest bytes.
    private static int bytesOf(long word) {
        return 1 + (int) (word >>> 7 & 1);
    }

    /// The one- or two-byte number in the lowest bytes.
    private static int valueOf(long word) {
        int raw = (int) word & 0x7F | (int) (word >>> 1) & 0x3F80 & -(int) (word >>> 7 & 1);
        return raw >>> 1 ^ -(raw & 1);
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
        // `key` is behind the offset delta, where the key's length stands.
        note(baseTimestamp + Varint.longAt(buffer, timestampDelta), Varint.intAt(buffer, key) >= 0);
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

    /// A sound record was passed.
    void note(long timestamp, boolean hasKey) {
        if (!hasKey) {
            keylessCount++;
        }
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
        }
        if (timestamp < minTimestamp && timestamp != BatchHeader.NO_TIMESTAMP) {
            minTimestamp = timestamp;
        }
        if (witness != null) {
            witness.saw(timestamp, hasKey);
        }
    }
}
