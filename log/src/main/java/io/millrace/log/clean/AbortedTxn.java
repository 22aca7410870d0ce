package io.millrace.log.clean;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// One entry of Kafka's `.txnindex`: a transaction that was aborted (KIP-98). 34 bytes each: `version 2, producerId 8,
/// firstOffset 8, lastOffset 8, lastStableOffset 8`.
///
/// @param firstOffset of the transaction's first record
/// @param lastOffset of its marker
/// @param lastStableOffset of the log when the marker was written
public record AbortedTxn(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {
    public static final int BYTES = 34;
    private static final short VERSION = 0;

    public void encode(ByteBuffer target) {
        target.putShort(VERSION)
                .putLong(producerId)
                .putLong(firstOffset)
                .putLong(lastOffset)
                .putLong(lastStableOffset);
    }

    /// Reads a whole file; a torn last entry and what follows an unknown version are left out.
    public static List<AbortedTxn> decodeAll(ByteBuffer file) {
        ByteBuffer bytes = file.slice();
        List<AbortedTxn> found = new ArrayList<>(bytes.remaining() / BYTES);
        while (bytes.remaining() >= BYTES && bytes.getShort() == VERSION) {
            found.add(new AbortedTxn(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        return found;
    }
}
