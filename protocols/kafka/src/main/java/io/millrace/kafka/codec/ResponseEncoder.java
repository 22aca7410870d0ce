package io.millrace.kafka.codec;

import io.millrace.kafka.codec.EncodedResponse.Piece;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;

/// Response to pieces: one heap buffer of the exact size, cut where file slices go between.
public final class ResponseEncoder {
    private static final int FLEXIBLE_HEADER_VERSION = 1;

    private ResponseEncoder() {}

    /// @param version the version of the request that is answered
    public static EncodedResponse encode(AbstractResponse response, int correlationId, short version) {
        ApiKeys key = response.apiKey();
        ApiMessage body = response.data();
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        body.addSize(size, cache, version);
        // The ApiVersions response keeps header version 0 for ever, because a client can not know yet what we speak
        // (KIP-511).
        boolean flexible = key.responseHeaderVersion(version) >= FLEXIBLE_HEADER_VERSION;
        int headBytes = Integer.BYTES + Integer.BYTES + (flexible ? 1 : 0);
        ByteBuffer buffer = ByteBuffer.allocate(headBytes + size.sizeExcludingZeroCopy());
        buffer.putInt(headBytes - Integer.BYTES + size.totalSize());
        buffer.putInt(correlationId);
        if (flexible) {
            buffer.put((byte) 0);
        }
        CuttingWriter writer = new CuttingWriter(buffer);
        body.write(writer, cache, version);
        return new EncodedResponse(writer.finish(), (long) headBytes + size.totalSize());
    }

    /// Writes into one buffer and cuts it where a record set belongs between.
    private static final class CuttingWriter extends ByteBufferAccessor {
        private final ByteBuffer buffer;
        private int cutAt;
        private List<Piece> pieces = List.of();

        CuttingWriter(ByteBuffer buffer) {
            super(buffer);
            this.buffer = buffer;
        }

        @Override
        public void writeRecords(BaseRecords records) {
            if (records.sizeInBytes() == 0) {
                return;
            }
            cut();
            switch (records) {
                case SliceRecords slice -> pieces.add(new Piece.File(slice.slice()));
                case MemoryRecords memory -> pieces.add(new Piece.Bytes(memory.buffer()));
                default -> throw new IllegalArgumentException("records of " + records.getClass());
            }
        }

        private void cut() {
            if (pieces.isEmpty()) {
                pieces = new ArrayList<>();
            }
            int position = buffer.position();
            if (position > cutAt) {
                pieces.add(new Piece.Bytes(buffer.slice(cutAt, position - cutAt)));
                cutAt = position;
            }
        }

        List<Piece> finish() {
            if (cutAt == 0) {
                return List.of(new Piece.Bytes(buffer.flip()));
            }
            cut();
            return pieces;
        }
    }
}
