package io.millrace.benchmarks.vskafka.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;

/// A Produce request of version 11, the last that names its topic, of which only correlation id, topic and
/// partition change from one sending to the next.
///
/// Every response to it has the same layout up to the error code, so checking one costs two reads.
public final class ProduceFrame {
    private static final short VERSION = 11;
    private static final int TIMEOUT_MILLIS = 30_000;
    /// The partition array's one-byte length stands between the topic's name and the partition's index.
    private static final int COMPACT_LENGTH_BYTES = 1;

    private final byte[] bytes;
    private final int topicPosition;
    private final int partitionPosition;
    private final int responseErrorPosition;
    private final int recordCount;

    private ProduceFrame(byte[] bytes, int topicPosition, int topicLength, int recordCount) {
        this.bytes = bytes;
        this.topicPosition = topicPosition;
        this.partitionPosition = topicPosition + topicLength + COMPACT_LENGTH_BYTES;
        this.recordCount = recordCount;
        // Length, correlation id, no tagged fields, one topic with its name, one partition with its index.
        int responseTopicPosition = 2 * Integer.BYTES + 1 + COMPACT_LENGTH_BYTES;
        this.responseErrorPosition = responseTopicPosition + 1 + topicLength + COMPACT_LENGTH_BYTES + Integer.BYTES;
    }

    /// @param acks 1 for the leader alone, -1 for all in-sync replicas
    public static ProduceFrame of(FrameTarget first, RecordBatches.Batch batch, short acks) {
        ProduceRequestData data = new ProduceRequestData().setAcks(acks).setTimeoutMs(TIMEOUT_MILLIS);
        TopicProduceData topic = new TopicProduceData().setName(first.topic());
        topic.partitionData()
                .add(new PartitionProduceData().setIndex(first.partition()).setRecords(batch.records()));
        data.topicData().add(topic);
        byte[] bytes = RequestFrame.encode(ApiKeys.PRODUCE, VERSION, data);
        return new ProduceFrame(bytes, first.positionIn(bytes), first.topicLength(), batch.recordCount());
    }

    public int size() {
        return bytes.length;
    }

    public int recordCount() {
        return recordCount;
    }

    /// Writes the whole frame at a position that [#patch] changes later.
    public void copyTo(ByteBuffer out, int position) {
        out.put(position, bytes);
    }

    /// Makes the copy at `position` the next request.
    public void patch(ByteBuffer out, int position, int correlationId, FrameTarget target) {
        out.putInt(position + RequestFrame.CORRELATION_POSITION, correlationId);
        target.putTopic(out, position + topicPosition);
        out.putInt(position + partitionPosition, target.partition());
    }

    /// The error code of the response whose length field stands at `position`.
    public short responseError(ByteBuffer in, int position) {
        return in.getShort(position + responseErrorPosition);
    }

    /// The correlation id of the response whose length field stands at `position`.
    public static int responseCorrelationId(ByteBuffer in, int position) {
        return in.getInt(position + Integer.BYTES);
    }
}
