package io.millrace.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.junit.jupiter.api.Test;

class RequestDecoderTest {
    /// Partition, topic and request end with an empty list of tags each.
    private static final int TRAILING_TAGS = 3;

    private static ByteBuffer hex(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    private static RequestHead head(ByteBuffer frame) {
        return ((Decoded.Complete<RequestHead>) RequestDecoder.head(frame)).value();
    }

    private static AbstractRequest body(ApiKeys key, int version, ByteBuffer body) {
        return ((Decoded.Complete<AbstractRequest>) RequestDecoder.body(key, (short) version, body)).value();
    }

    /// What librdkafka opens a connection with: ApiVersions 3, header 2.
    @Test
    void readsTheFirstFrameOfLibrdkafka() {
        ByteBuffer frame = hex("""
                0012            key 18
                0003            version 3
                00000001        correlation id
                0007 72646b61666b61
                00              no tags in the header
                0b 6c696272646b61666b61
                07 322e332e3030
                00
                """.replaceAll("(?m) {2,}[a-z].*$", ""));

        RequestHead head = head(frame);
        ApiVersionsRequest request = (ApiVersionsRequest) body(ApiKeys.API_VERSIONS, head.apiVersion(), frame);

        assertThat(head).isEqualTo(new RequestHead((short) 18, (short) 3, 1, "rdkafka"));
        assertThat(request.data().clientSoftwareName()).isEqualTo("librdkafka");
        assertThat(request.data().clientSoftwareVersion()).isEqualTo("2.3.00");
    }

    /// kafkajs: Metadata 6, header 1, all topics.
    @Test
    void readsAMetadataRequestOfKafkajs() {
        ByteBuffer frame = hex("0003 0006 00000005 0007 6b61666b616a73 ffffffff 00");

        RequestHead head = head(frame);
        MetadataRequest request = (MetadataRequest) body(ApiKeys.METADATA, 6, frame);

        assertThat(head.clientId()).isEqualTo("kafkajs");
        assertThat(request.isAllTopics()).isTrue();
        assertThat(request.allowAutoTopicCreation()).isFalse();
    }

    @Test
    void aMissingClientIdIsAnEmptyOne() {
        assertThat(head(hex("0003 0001 00000005 ffff")).clientId()).isEmpty();
    }

    @Test
    void skipsTagsNobodyKnows() {
        ByteBuffer frame = hex("0012 0003 00000001 ffff 02 05 02 abcd 07 00");

        head(frame);

        assertThat(frame.hasRemaining()).isFalse();
    }

    @Test
    void refusesTagsThatPromiseTooMuch() {
        assertThat(RequestDecoder.head(hex("0012 0003 00000001 ffff ffffffff7f")))
                .isInstanceOf(Decoded.Malformed.class);
        assertThat(RequestDecoder.head(hex("0012 0003 00000001 ffff 91 4e"))).isInstanceOf(Decoded.Malformed.class);
        assertThat(RequestDecoder.head(hex("0012 0003 00000001 ffff 01 00 7f"))).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void refusesAClientIdLongerThanTheFrame() {
        assertThat(RequestDecoder.head(hex("0003 0001 00000005 7fff 61"))).isInstanceOf(Decoded.Malformed.class);
        assertThat(RequestDecoder.head(hex("0003 0001 00000005 fffe 61"))).isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void readsTheHeaderOfAnApiNobodyKnows() {
        assertThat(head(hex("7fff 0001 00000005 ffff")).apiKey()).isEqualTo(Short.MAX_VALUE);
    }

    /// Metadata 6 that promises two thousand million topics in no bytes.
    @Test
    void whatCanNotBeReadIsToldInOurOwnWords() {
        assertThat(RequestDecoder.body(ApiKeys.METADATA, (short) 6, hex("7fffffff 00")))
                .isEqualTo(new Decoded.Malformed<AbstractRequest>(
                        "METADATA version 6 can not be read: the field at byte 4 of 5 breaks the layout"));
    }

    @Test
    void recordsAreSlicesOfTheFrame() {
        ByteBuffer frame = SampleRequests.frame(ApiKeys.PRODUCE, 9, SampleRequests.produce(false));
        head(frame);
        ProduceRequest request = (ProduceRequest) body(ApiKeys.PRODUCE, 9, frame);
        PartitionProduceData partition =
                request.data().topicData().iterator().next().partitionData().getFirst();

        ByteBuffer batches = RecordSet.bytes(partition.records());
        int lastByte = frame.limit() - 1 - TRAILING_TAGS;
        byte before = frame.get(lastByte);
        batches.put(batches.limit() - 1, (byte) (before + 1));

        assertThat(frame.get(lastByte)).isEqualTo((byte) (before + 1));
    }

    @Test
    void worksOnBuffersOutsideTheHeap() {
        ByteBuffer frame = SampleRequests.frame(ApiKeys.PRODUCE, 9, SampleRequests.produce(false));
        ByteBuffer direct =
                ByteBuffer.allocateDirect(frame.remaining()).put(frame).flip();

        assertThat(head(direct).clientId()).isEqualTo("client-é");
        assertThat(body(ApiKeys.PRODUCE, 9, direct)).isInstanceOf(ProduceRequest.class);
    }

    /// The promise is 2 billion elements, the frame a few bytes: whatever is allocated follows the frame, not the
    /// promise.
    @Test
    void aHostileLengthAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        String[] bodies = {
            "ffff 0001 00000064 7fffffff", // Produce 3: topics
            "ffff 0001 00000064 00000001 0001 61 7fffffff", // Produce 3: partitions
            "ffff 0001 00000064 00000001 0001 61 00000001 00000000 7fffffff", // Produce 3: records
            "ffff 0001 00000064 00000001 7fff 61", // Produce 3: topic name
            "ffff 0001 00000064 000f4240", // Produce 3: exactly the million that is allowed
        };
        for (String body : bodies) {
            RequestDecoder.body(ApiKeys.PRODUCE, (short) 3, hex(body)); // loads classes
            long before = threads.getCurrentThreadAllocatedBytes();

            Decoded<AbstractRequest> decoded = RequestDecoder.body(ApiKeys.PRODUCE, (short) 3, hex(body));

            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(decoded).as(body).isInstanceOf(Decoded.Malformed.class);
            assertThat(allocated).as(body).isLessThan(128 << 10);
        }
    }

    @Test
    void aHostileCompactLengthAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        String[] bodies = {
            "00 0001 00000064 ffffffff0f", // Produce 9: topics
            "00 0001 00000064 02 02 61 ffffffff0f", // Produce 9: partitions
            "00 0001 00000064 02 02 61 02 00000000 ffffffff07", // Produce 9: records
            "00 0001 00000064 01 ffffffff0f", // Produce 9: tags
            "00 0001 00000064 01 01 05 ffffffff07", // Produce 9: size of a tag
        };
        for (String body : bodies) {
            RequestDecoder.body(ApiKeys.PRODUCE, (short) 9, hex(body));
            long before = threads.getCurrentThreadAllocatedBytes();

            Decoded<AbstractRequest> decoded = RequestDecoder.body(ApiKeys.PRODUCE, (short) 9, hex(body));

            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(decoded).as(body).isInstanceOf(Decoded.Malformed.class);
            assertThat(allocated).as(body).isLessThan(128 << 10);
        }
    }
}
