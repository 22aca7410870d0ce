package io.millrace.log.producer;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Varint;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The one record of a control batch that ends a transaction (KIP-98): key `version 2, type 2`, value `version 2,
/// coordinatorEpoch 4`.
///
/// @param isCommit whether the transaction was committed, otherwise aborted
public record EndTxnMarker(boolean isCommit, int coordinatorEpoch) {
    private static final int ABORT = 0;
    private static final int COMMIT = 1;
    private static final int KEY_BYTES_MIN = 4;
    private static final int VALUE_BYTES_MIN = 6;

    /// Reads the marker of the control batch at `position`; empty for other control records (Raft's, our queues') and
    /// for bytes that do not form one. Control batches are never compressed.
    public static Optional<EndTxnMarker> read(ByteBuffer buffer, int position) {
        int end = position + BatchHeader.sizeInBytes(buffer, position);
        if (BatchHeader.recordCount(buffer, position) != 1 || BatchHeader.codec(buffer, position) != 0) {
            return Optional.empty();
        }
        int at = Varint.skip(buffer, position + BatchHeader.OVERHEAD, end);
        // Attributes, then timestamp and offset delta.
        at = at < 0 ? at : Varint.skip(buffer, at + 1, end);
        at = at < 0 ? at : Varint.skip(buffer, at, end);
        if (at < 0) {
            return Optional.empty();
        }
        int key = Varint.skip(buffer, at, end);
        int keyBytes = key < 0 ? -1 : Varint.intAt(buffer, at);
        if (keyBytes < KEY_BYTES_MIN || keyBytes > end - key) {
            return Optional.empty();
        }
        int value = Varint.skip(buffer, key + keyBytes, end);
        int valueBytes = value < 0 ? -1 : Varint.intAt(buffer, key + keyBytes);
        if (valueBytes < VALUE_BYTES_MIN || valueBytes > end - value) {
            return Optional.empty();
        }
        int type = buffer.getShort(key + 2);
        if (type != ABORT && type != COMMIT) {
            return Optional.empty();
        }
        return Optional.of(new EndTxnMarker(type == COMMIT, buffer.getInt(value + 2)));
    }
}
