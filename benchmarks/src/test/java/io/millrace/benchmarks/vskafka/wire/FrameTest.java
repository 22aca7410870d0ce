package io.millrace.benchmarks.vskafka.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.Test;

/// The patched bytes must be what Kafka's own code reads, and the fixed positions must be where it writes.
class FrameTest {
    private static final List<FrameTarget> TARGETS = FrameTarget.of(List.of("raw-00000", "raw-00001"), 300);

    @Test
    void patchedProduceRequestIsReadBackWhole() {
        RecordBatches.Batch batch = RecordBatches.filling(16 << 10, 100, 1_000);
        ProduceFrame frame = ProduceFrame.of(TARGETS.getFirst(), batch, (short) -1);
        ByteBuffer slots = ByteBuffer.allocate(frame.size() * 2);
        frame.copyTo(slots, frame.size());
        frame.patch(slots, frame.size(), 4_711, TARGETS.getLast());

        slots.position(frame.size());
        assertThat(slots.getInt()).isEqualTo(frame.size() - Integer.BYTES);
        RequestHeader header = RequestHeader.parse(slots);
        assertThat(header.apiKey()).isEqualTo(ApiKeys.PRODUCE);
        assertThat(header.correlationId()).isEqualTo(4_711);
        ProduceRequest request = ProduceRequest.parse(new ByteBufferAccessor(slots), header.apiVersion());
        assertThat(request.acks()).isEqualTo((short) -1);
        var topic = request.data().topicData().iterator().next();
        assertThat(topic.name()).isEqualTo("raw-00001");
        var partition = topic.partitionData().getFirst();
        assertThat(partition.index()).isEqualTo(299);
        MemoryRecords records = (MemoryRecords) partition.records();
        assertThat(records.batches()).hasSize(1).allSatisfy(read -> read.ensureValid());
        assertThat(records.records()).hasSize(frame.recordCount());
    }

    @Test
    void fillsABatchUpToItsSize() {
        RecordBatches.Batch batch = RecordBatches.filling(16 << 10, 100, 1_000);
        assertThat(batch.records().sizeInBytes()).isBetween((16 << 10) - 200, 16 << 10);
        assertThat(RecordBatches.filling(10, 100, 1_000).recordCount()).isEqualTo(1);
    }

    @Test
    void findsErrorAndCorrelationIdOfAProduceResponse() {
        ProduceFrame frame = ProduceFrame.of(TARGETS.getFirst(), RecordBatches.ofCount(1, 10, 0), (short) 1);
        var partition = new ProduceResponseData.PartitionProduceResponse()
                .setIndex(299)
                .setErrorCode(Errors.NOT_ENOUGH_REPLICAS.code());
        var topic = new ProduceResponseData.TopicProduceResponse()
                .setName("raw-00001")
                .setPartitionResponses(List.of(partition));
        ProduceResponseData data = new ProduceResponseData();
        data.responses().add(topic);
        ByteBuffer response = response(data, (short) 1, (short) 11, 7);
        assertThat(frame.responseError(response, 0)).isEqualTo(Errors.NOT_ENOUGH_REPLICAS.code());
        assertThat(ProduceFrame.responseCorrelationId(response, 0)).isEqualTo(7);
    }

    @Test
    void patchedFetchRequestIsReadBackWhole() {
        FetchFrame frame = FetchFrame.of(TARGETS.getFirst(), 1 << 20);
        ByteBuffer out = ByteBuffer.allocate(frame.size());
        frame.write(out, 12, 5, 1L << 40);

        assertThat(out.getInt()).isEqualTo(frame.size() - Integer.BYTES);
        RequestHeader header = RequestHeader.parse(out);
        assertThat(header.correlationId()).isEqualTo(12);
        FetchRequest request = FetchRequest.parse(new ByteBufferAccessor(out), header.apiVersion());
        assertThat(request.maxBytes()).isEqualTo(1 << 20);
        var topic = request.data().topics().getFirst();
        assertThat(topic.topic()).isEqualTo("raw-00000");
        assertThat(topic.partitions().getFirst().partition()).isEqualTo(5);
        assertThat(topic.partitions().getFirst().fetchOffset()).isEqualTo(1L << 40);
    }

    @Test
    void findsTheFieldsOfAFetchResponse() {
        FetchFrame frame = FetchFrame.of(TARGETS.getFirst(), 1 << 20);
        MemoryRecords records = RecordBatches.ofCount(3, 10, 0).records();
        var partition = new FetchResponseData.PartitionData()
                .setPartitionIndex(5)
                .setErrorCode(Errors.UNKNOWN_SERVER_ERROR.code())
                .setHighWatermark(99)
                .setRecords(records);
        FetchResponseData data = new FetchResponseData()
                .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopic("raw-00000")
                        .setPartitions(List.of(partition))));
        ByteBuffer response = response(data, (short) 0, (short) 11, 8);
        assertThat(frame.responseSize(response)).isEqualTo(response.limit());
        assertThat(frame.responseCorrelationId(response)).isEqualTo(8);
        assertThat(frame.responseError(response)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR.code());
        assertThat(frame.responseHighWatermark(response)).isEqualTo(99);
        assertThat(frame.recordsBytes(response)).isEqualTo(records.sizeInBytes());
        assertThat(frame.headerBytes()).isEqualTo(response.limit() - records.sizeInBytes());
    }

    private static ByteBuffer response(ApiMessage body, short headerVersion, short version, int correlationId) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        ByteBuffer bytes = RequestUtils.serialize(header, headerVersion, body, version);
        ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + bytes.remaining());
        return framed.putInt(bytes.remaining()).put(bytes).flip();
    }
}
