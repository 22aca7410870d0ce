package io.millrace.log.batch;

import java.nio.ByteBuffer;

/// Walks uncompressed records one by one, giving positions instead of objects. For the slow paths: compaction, dump,
/// verify.
///
/// Total over any bytes: [#next()] says no at the end and where the framing breaks, and [#isDamaged()] tells which.
public final class RecordCursor {
    private final ByteBuffer records;
    private final int end;
    private final int count;
    private int index = -1;
    private int frame;
    private int body;
    private int next;
    private int offsetDeltaAt;
    private int keyAt;
    private int valueAt;
    private int headersAt;
    private boolean damaged;

    /// @param records the records from position to limit
    /// @param count how many the batch's header promises
    public RecordCursor(ByteBuffer records, int count) {
        this.records = records;
        this.end = records.limit();
        this.count = count;
        this.next = records.position();
    }

    public boolean next() {
        if (damaged || index + 1 >= count) {
            damaged |= next != end;
            return false;
        }
        index++;
        frame = next;
        damaged = !parse();
        return !damaged;
    }

    private boolean parse() {
        body = Varint.skip(records, frame, end);
        int length = body < 0 ? -1 : Varint.intAt(records, frame);
        if (length < 0 || length > end - body) {
            return false;
        }
        next = body + length;
        offsetDeltaAt = Varint.skip(records, body + 1, next);
        keyAt = offsetDeltaAt < 0 ? offsetDeltaAt : Varint.skip(records, offsetDeltaAt, next);
        valueAt = keyAt < 0 ? keyAt : RecordScan.skipBytes(records, keyAt, next, true);
        headersAt = valueAt < 0 ? valueAt : RecordScan.skipBytes(records, valueAt, next, true);
        return headersAt >= 0;
    }

    /// Whether the records broke off, or did not fill their bytes.
    public boolean isDamaged() {
        return damaged;
    }

    public int offsetDelta() {
        return Varint.intAt(records, offsetDeltaAt);
    }

    public long timestampDelta() {
        return Varint.longAt(records, body + 1);
    }

    public boolean hasKey() {
        return Varint.intAt(records, keyAt) >= 0;
    }

    public boolean hasValue() {
        return Varint.intAt(records, valueAt) >= 0;
    }

    /// The key's bytes, a view; empty for a record without key.
    public ByteBuffer key() {
        return bytes(keyAt);
    }

    /// The value's bytes, a view; empty for a tombstone.
    public ByteBuffer value() {
        return bytes(valueAt);
    }

    public int headerCount() {
        int at = Varint.skip(records, headersAt, next);
        return at < 0 ? 0 : Varint.intAt(records, headersAt);
    }

    private ByteBuffer bytes(int at) {
        int length = Math.max(0, Varint.intAt(records, at));
        return records.slice(Varint.skip(records, at, end), length);
    }

    /// Copies the record, its timestamp relative to another base.
    public void copyTo(ByteBuffer target, long timestampDelta) {
        int rest = next - offsetDeltaAt;
        Varint.put(target, 1L + Varint.sizeOf(timestampDelta) + rest);
        target.put(records.get(body));
        Varint.put(target, timestampDelta);
        target.put(records.slice(offsetDeltaAt, rest));
    }
}
