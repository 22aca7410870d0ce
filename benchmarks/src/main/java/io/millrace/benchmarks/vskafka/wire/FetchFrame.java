package io.millrace.benchmarks.vskafka.wire;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/// A Fetch request of version 11 (fixed-width fields, topic by name) for one partition, of which only correlation
/// id, partition and offset change, and the layout of the answer in front of its records.
public final class FetchFrame {
    private static final short VERSION = 11;
    private static final int WAIT_MILLIS_MAX = 500;
    private static final byte OFFSET_MARK = 0x5a;

    private final byte[] bytes;
    private final int partitionPosition;
    private final int offsetPosition;
    private final int errorPosition;
    private final int recordsLengthPosition;

    private FetchFrame(byte[] bytes, int partitionPosition, int topicLength) {
        this.bytes = bytes;
        this.partitionPosition = partitionPosition;
        // The partition's index and its current leader epoch, which is unknown here.
        this.offsetPosition = partitionPosition + 2 * Integer.BYTES;
        // Length, correlation id, throttle time, error, session, topic count, name, partition count, index.
        this.errorPosition = 5 * Integer.BYTES + Short.BYTES + Short.BYTES + topicLength + 2 * Integer.BYTES;
        // Error, high watermark, last stable offset, log start, no aborted transactions, preferred replica.
        this.recordsLengthPosition = errorPosition + Short.BYTES + 3 * Long.BYTES + 2 * Integer.BYTES;
    }

    /// @param bytesMax the most one answer may carry
    public static FetchFrame of(FrameTarget target, int bytesMax) {
        FetchPartition partition = new FetchPartition()
                .setPartition(target.partition())
                .setFetchOffset(OFFSET_MARK)
                .setPartitionMaxBytes(bytesMax);
        FetchRequestData data = new FetchRequestData()
                .setMaxWaitMs(WAIT_MILLIS_MAX)
                .setMinBytes(1)
                .setMaxBytes(bytesMax)
                .setTopics(List.of(new FetchTopic().setTopic(target.topic()).setPartitions(List.of(partition))));
        byte[] bytes = RequestFrame.encode(ApiKeys.FETCH, VERSION, data);
        int topicLength = target.topicLength();
        int afterTopic = target.positionIn(bytes) + topicLength;
        return new FetchFrame(bytes, afterTopic + Integer.BYTES, topicLength);
    }

    public int size() {
        return bytes.length;
    }

    /// Puts the request for this partition and offset into `out`, from its start.
    public void write(ByteBuffer out, int correlationId, int partition, long offset) {
        out.clear().put(bytes).flip();
        out.putInt(RequestFrame.CORRELATION_POSITION, correlationId);
        out.putInt(partitionPosition, partition);
        out.putLong(offsetPosition, offset);
    }

    /// Bytes in front of the first batch, length field included.
    public int headerBytes() {
        return recordsLengthPosition + Integer.BYTES;
    }

    public int responseSize(ByteBuffer in) {
        return Integer.BYTES + in.getInt(0);
    }

    public int responseCorrelationId(ByteBuffer in) {
        return in.getInt(Integer.BYTES);
    }

    public short responseError(ByteBuffer in) {
        return in.getShort(errorPosition);
    }

    public long responseHighWatermark(ByteBuffer in) {
        return in.getLong(errorPosition + Short.BYTES);
    }

    public int recordsBytes(ByteBuffer in) {
        return in.getInt(recordsLengthPosition);
    }
}
