package io.millrace.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.kafka.MemoryCatalog;
import io.millrace.kafka.MemoryConnection;
import io.millrace.kafka.MemoryPartitions;
import io.millrace.kafka.codec.EncodedResponse.Piece;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.Test;

class ResponseEncoderTest {
    private final MemoryPartitions partitions = new MemoryPartitions(new MemoryCatalog());

    private SliceRecords slice(String... values) {
        TopicPartition partition = new TopicPartition("t" + partitions.appends().size(), 0);
        partitions.create(partition.topic(), 1);
        partitions.append(
                partition,
                SampleRequests.records(values).buffer(),
                Lease.NONE,
                AppendOrigin.CLIENT,
                Acks.ALL,
                0,
                done -> {});
        List<FetchReply> replies = new ArrayList<>();
        FetchQuery.Ask ask = new FetchQuery.Ask(partition, 0, 1 << 20, -1, -1);
        partitions.fetch(new FetchQuery(FetchQuery.Asker.CONSUMER, 0, 1 << 20, 0, false, List.of(ask)), replies::add);
        return new SliceRecords(replies.getFirst().parts().getFirst().slice());
    }

    private static PartitionData partition(int index) {
        return new PartitionData().setPartitionIndex(index).setHighWatermark(9);
    }

    private static FetchResponse response(PartitionData... partitions) {
        return FetchResponse.of(new FetchResponseData()
                .setResponses(
                        List.of(new FetchableTopicResponse().setTopic("orders").setPartitions(List.of(partitions)))));
    }

    private static AbstractResponse parse(EncodedResponse encoded, ApiKeys key, int version) {
        ByteBuffer bytes = MemoryConnection.flatten(encoded).position(Integer.BYTES);
        return AbstractResponse.parseResponse(bytes.slice(), new RequestHeader(key, (short) version, "c", 42));
    }

    @Test
    void aSmallResponseIsOneBuffer() {
        EncodedResponse encoded =
                ResponseEncoder.encode(new HeartbeatResponse(new HeartbeatResponseData()), 42, (short) 4);

        assertThat(encoded.pieces()).hasSize(1);
        assertThat(MemoryConnection.flatten(encoded))
                .isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, 0, 12, 0, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void apiVersionsKeepsHeaderVersion0() {
        ApiVersionsResponse response = new ApiVersionsResponse(new ApiVersionsResponseData());

        ByteBuffer bytes = MemoryConnection.flatten(ResponseEncoder.encode(response, 42, (short) 3));

        // Size, correlation id, and then at once the error code: no tag byte between.
        assertThat(bytes.getShort(8)).isZero();
        assertThat(bytes.get(10)).isEqualTo((byte) 1); // empty compact array
    }

    @Test
    void recordsInFilesBecomeFilePieces() {
        FetchResponse response = response(
                partition(0).setRecords(slice("one")),
                partition(1).setRecords(MemoryRecords.EMPTY),
                partition(2).setRecords(slice("two", "three")));

        EncodedResponse encoded = ResponseEncoder.encode(response, 42, (short) 11);
        List<Boolean> files =
                encoded.pieces().stream().map(Piece.File.class::isInstance).toList();
        FetchResponse parsed = (FetchResponse) parse(encoded, ApiKeys.FETCH, 11);

        assertThat(files).containsExactly(false, true, false, true);
        List<Integer> sizes = parsed.data().responses().getFirst().partitions().stream()
                .map(FetchResponse::recordsSize)
                .toList();
        assertThat(sizes)
                .containsExactly(
                        SampleRequests.records("one").sizeInBytes(),
                        0,
                        SampleRequests.records("two", "three").sizeInBytes());
        assertThat(partitions.openSlices()).isZero();
    }

    @Test
    void flexibleVersionsCloseWithBytesBehindTheLastFile() {
        EncodedResponse encoded =
                ResponseEncoder.encode(response(partition(0).setRecords(slice("one"))), 42, (short) 12);

        assertThat(encoded.pieces()).hasSize(3);
        assertThat(encoded.pieces().getLast()).isInstanceOf(Piece.Bytes.class);
        FetchResponse parsed = (FetchResponse) parse(encoded, ApiKeys.FETCH, 12);
        assertThat(parsed.data().responses()).hasSize(1);
    }

    @Test
    void recordsOnTheHeapBecomeAPieceOfTheirOwn() {
        MemoryRecords records = SampleRequests.records("one");

        EncodedResponse encoded = ResponseEncoder.encode(response(partition(0).setRecords(records)), 42, (short) 12);

        FetchResponse parsed = (FetchResponse) parse(encoded, ApiKeys.FETCH, 12);
        assertThat(FetchResponse.recordsSize(
                        parsed.data().responses().getFirst().partitions().getFirst()))
                .isEqualTo(records.sizeInBytes());
    }

    @Test
    void releaseGivesEverySliceBack() {
        EncodedResponse encoded = ResponseEncoder.encode(
                response(partition(0).setRecords(slice("one")), partition(1).setRecords(slice("two"))), 42, (short) 12);
        assertThat(partitions.openSlices()).isEqualTo(2);

        encoded.release();

        assertThat(partitions.openSlices()).isZero();
    }
}
