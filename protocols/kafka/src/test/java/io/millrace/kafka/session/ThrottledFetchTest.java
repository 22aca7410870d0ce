package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.quota.ClientQuotas;
import io.millrace.broker.quota.QuotaLimits;
import io.millrace.kafka.KafkaFixture;
import io.millrace.model.Lease;
import io.millrace.model.Principal;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// KIP-219 for a Fetch: an answer that would go over the quota leaves empty, at once, and says when to ask again.
class ThrottledFetchTest {
    private static final int RATE = 1_000;
    private static final int NO_SESSION = -1;
    private static final int NEW_SESSION = 0;

    private final KafkaFixture node =
            new KafkaFixture(KafkaConfig.defaults(1), List.of(), new ClientQuotas(new QuotaLimits(0, RATE)));

    ThrottledFetchTest() {
        node.topic("orders", 2);
    }

    @AfterEach
    void everySliceWasReleased() {
        assertThat(node.partitions.openSlices()).isZero();
    }

    private void produce(int partition, int valueBytes) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1);
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[valueBytes]));
        data.topicData()
                .add(new TopicProduceData()
                        .setName("orders")
                        .setPartitionData(List.of(
                                new PartitionProduceData().setIndex(partition).setRecords(records))));
        node.call(new ProduceRequest(data, (short) 9), ProduceResponse.class);
    }

    /// Asks for both partitions of the topic from these offsets on, or for what the session follows.
    private FetchResponseData fetch(int sessionId, int epoch, long... offsets) {
        FetchTopic topic = new FetchTopic().setTopic("orders");
        for (int i = 0; i < offsets.length; i++) {
            topic.partitions()
                    .add(new FetchPartition()
                            .setPartition(i)
                            .setFetchOffset(offsets[i])
                            .setPartitionMaxBytes(1 << 20));
        }
        FetchRequestData data = new FetchRequestData()
                .setMaxBytes(1 << 20)
                .setMinBytes(1)
                .setMaxWaitMs(0)
                .setSessionId(sessionId)
                .setSessionEpoch(epoch)
                .setTopics(offsets.length == 0 ? List.of() : List.of(topic));
        return node.call(new FetchRequest(data, (short) 12), FetchResponse.class)
                .data();
    }

    private static int bytes(FetchResponseData answer) {
        return answer.responses().stream()
                .flatMap(topic -> topic.partitions().stream())
                .mapToInt(FetchResponse::recordsSize)
                .sum();
    }

    @Test
    void anAnswerOverTheQuotaIsEmptyAndComesWhenItIsPaidFor() {
        produce(0, 600);
        produce(0, 600);

        FetchResponseData first = fetch(0, NO_SESSION, 0);
        FetchResponseData over = fetch(0, NO_SESSION, 1);

        assertThat(first.throttleTimeMs()).isZero();
        assertThat(bytes(first))
                .as("one batch, because two are more than a second's worth")
                .isBetween(600, 700);
        assertThat(over.errorCode()).isZero();
        assertThat(over.responses()).isEmpty();
        assertThat(over.throttleTimeMs()).isBetween(200, 400);
        assertThat(node.connection.mutedMs()).isEqualTo(over.throttleTimeMs());

        node.clock.advanceMs(over.throttleTimeMs());
        FetchResponseData paid = fetch(0, NO_SESSION, 1);

        assertThat(paid.throttleTimeMs()).isZero();
        assertThat(bytes(paid)).isEqualTo(bytes(first));
    }

    @Test
    void askingAgainTooEarlyCostsNothing() {
        produce(0, 900);
        fetch(0, NO_SESSION, 0);

        int first = fetch(0, NO_SESSION, 0).throttleTimeMs();
        int second = fetch(0, NO_SESSION, 0).throttleTimeMs();

        assertThat(first).isPositive();
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aSessionIsKeptAndWhatWasNotToldIsNewsStill() {
        int session = fetch(0, NEW_SESSION, 0, 0).sessionId();
        produce(0, 900);
        assertThat(bytes(fetch(session, 1))).isPositive();
        produce(1, 900);

        FetchResponseData over = fetch(session, 2, 1);
        assertThat(over.throttleTimeMs()).isPositive();
        assertThat(over.sessionId()).isEqualTo(session);
        assertThat(over.responses()).isEmpty();

        node.clock.advanceMs(over.throttleTimeMs());
        FetchResponseData paid = fetch(session, 3);
        assertThat(paid.errorCode()).isZero();
        assertThat(paid.sessionId()).isEqualTo(session);
        assertThat(bytes(paid)).isBetween(900, 1_000);
    }

    @Test
    void whoIsToldNothingIsGivenNoSession() {
        produce(0, 900);
        fetch(0, NO_SESSION, 0);

        FetchResponseData over = fetch(0, NEW_SESSION, 0);

        assertThat(over.throttleTimeMs()).isPositive();
        assertThat(over.sessionId()).isZero();
    }

    @Test
    void aBatchLargerThanASecondsWorthGetsThroughAndIsPaidForAfterwards() {
        produce(0, 3_000);
        produce(0, 10);

        FetchResponseData large = fetch(0, NO_SESSION, 0);
        FetchResponseData next = fetch(0, NO_SESSION, 1);

        assertThat(bytes(large)).isBetween(3_000, 3_200);
        assertThat(large.throttleTimeMs()).isZero();
        assertThat(bytes(next)).isZero();
        assertThat(next.throttleTimeMs()).isBetween(2_000, 2_300);
    }

    @Test
    void aFollowerIsUnderNoQuota() {
        produce(0, 3_000);
        fetch(0, NO_SESSION, 0);
        KafkaSession cluster = node.protocol.connect(
                new Peer(Principal.ANONYMOUS, "127.0.0.1", NodeView.CLUSTER_LISTENER), node.connection);

        FetchTopic topic = new FetchTopic().setTopic("orders");
        topic.partitions().add(new FetchPartition().setFetchOffset(0).setPartitionMaxBytes(1 << 20));
        FetchRequestData data = new FetchRequestData()
                .setReplicaId(2)
                .setMaxBytes(1 << 20)
                .setSessionId(0)
                .setSessionEpoch(NO_SESSION)
                .setTopics(List.of(topic));
        cluster.onFrame(node.frame(new FetchRequest(data, (short) 12)), Lease.NONE);
        FetchResponseData answer = node.receive(FetchResponse.class).data();

        assertThat(answer.throttleTimeMs()).isZero();
        assertThat(bytes(answer)).isBetween(3_000, 3_200);
    }

    @Test
    void aRefusedFetchIsRefusedAndSilent() {
        produce(0, 3_000);
        fetch(0, NO_SESSION, 0);

        FetchResponseData refused = fetch(4711, 1);

        assertThat(refused.errorCode()).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND.code());
        assertThat(refused.throttleTimeMs()).isPositive();
    }
}
