package io.millrace.log.producer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/// Kafka's `<offset>.snapshot` file, version 1: which producers were known just below the offset in the file's name.
///
/// ```
/// version 2 | crc32c 4 over all that follows | count 4 | per producer: producerId 8, epoch 2, lastSequence 4, lastOffset 8,
/// offsetDelta 4, timestamp 8, coordinatorEpoch 4, txnFirstOffset 8
/// ```
/// Only a producer's last batch is kept, so after a restart only that one is known as a duplicate; as in Kafka.
public final class ProducerSnapshot {
    private static final short VERSION = 1;
    private static final int CRC_AT = 2;
    private static final int ENTRIES_AT = 6;
    private static final int HEADER_BYTES = 10;
    private static final int ENTRY_BYTES = 46;

    private ProducerSnapshot() {}

    /// What a snapshot file held.
    public sealed interface Decoded {
        record Producers(List<ProducerState> producers) implements Decoded {}

        /// The file is not to be trusted; producers are rebuilt from the log instead.
        record Damaged(String why) implements Decoded {}
    }

    /// The file's content, ready to be written.
    public static ByteBuffer encode(Collection<ProducerState> producers) {
        ByteBuffer file = ByteBuffer.allocate(HEADER_BYTES + producers.size() * ENTRY_BYTES);
        file.putShort(VERSION).putInt(0).putInt(producers.size());
        for (ProducerState state : producers) {
            file.putLong(state.producerId())
                    .putShort(state.epoch())
                    .putInt(state.lastSequence())
                    .putLong(state.lastOffset())
                    .putInt(state.lastOffsetDelta())
                    .putLong(state.lastTimestamp())
                    .putInt(state.coordinatorEpoch())
                    .putLong(state.txnFirstOffset());
        }
        file.flip();
        return file.putInt(CRC_AT, crc(file));
    }

    /// Reads a whole file, from the buffer's position to its limit.
    public static Decoded decode(ByteBuffer bytes) {
        ByteBuffer file = bytes.slice();
        if (file.remaining() < HEADER_BYTES) {
            return new Decoded.Damaged("shorter than its header");
        }
        short version = file.getShort();
        if (version != VERSION) {
            return new Decoded.Damaged("unknown version " + version);
        }
        int crc = file.getInt();
        int count = file.getInt();
        if (count < 0 || (long) count * ENTRY_BYTES != file.remaining()) {
            return new Decoded.Damaged(count + " producers do not fill " + file.remaining() + " bytes");
        }
        if (crc != crc(file)) {
            return new Decoded.Damaged("checksum");
        }
        List<ProducerState> producers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            producers.add(entry(file));
        }
        return new Decoded.Producers(producers);
    }

    private static ProducerState entry(ByteBuffer file) {
        long producerId = file.getLong();
        short epoch = file.getShort();
        int lastSequence = file.getInt();
        long lastOffset = file.getLong();
        int offsetDelta = file.getInt();
        long timestamp = file.getLong();
        int coordinatorEpoch = file.getInt();
        long txnFirstOffset = file.getLong();
        ProducerState state = new ProducerState(producerId, epoch, coordinatorEpoch, timestamp, txnFirstOffset);
        // A producer that only ever had a transaction marker has no batch.
        if (lastOffset >= 0) {
            state.addBatch(epoch, lastSequence, lastOffset, offsetDelta, timestamp);
        }
        return state;
    }

    private static int crc(ByteBuffer file) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().position(ENTRIES_AT));
        return (int) crc.getValue();
    }
}
