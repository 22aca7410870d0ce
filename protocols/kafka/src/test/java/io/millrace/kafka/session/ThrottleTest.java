package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.quota.Quotas;
import io.millrace.broker.quota.Traffic;
import io.millrace.kafka.KafkaFixture;
import io.millrace.model.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.Test;

/// KIP-219: the answer comes at once and says how long to be silent; the connection is muted for that time. What it
/// means for a Fetch is in [ThrottledFetchTest].
class ThrottleTest {
    private final List<String> charged = new ArrayList<>();
    private final Quotas quotas = new Strict();
    private final KafkaFixture kafka = new KafkaFixture(KafkaConfig.defaults(1), List.of(), quotas);

    @Test
    void aProduceIsAnsweredWithTheTimeAndTheConnectionIsMuted() {
        ProduceResponse answer = kafka.call(produce((short) 1), ProduceResponse.class);

        assertThat(answer.throttleTimeMs()).isEqualTo(700);
        assertThat(kafka.connection.mutedMs()).isEqualTo(700);
        assertThat(charged).containsExactly("PRODUCE of test-client counted");
    }

    @Test
    void aProduceWithoutAnswerMutesTheConnectionToo() {
        kafka.send(produce((short) 0));

        assertThat(kafka.connection.mutedMs()).isEqualTo(700);
    }

    @Test
    void aFetchIsAskedForByWhatItWouldBeAnsweredWith() {
        FetchRequest request =
                FetchRequest.Builder.forConsumer((short) 12, 0, 1, Map.of()).build((short) 12);

        FetchResponse answer = kafka.call(request, FetchResponse.class);

        assertThat(answer.throttleTimeMs()).isEqualTo(300);
        assertThat(charged).containsExactly("FETCH of test-client asked for");
    }

    @Test
    void otherRequestsAreFree() {
        MetadataRequest request = new MetadataRequest(new MetadataRequestData(), (short) 9);

        assertThat(kafka.call(request, MetadataResponse.class).throttleTimeMs()).isZero();
        assertThat(charged).isEmpty();
        assertThat(kafka.connection.mutedMs()).isZero();
    }

    /// Everybody is over every quota.
    private final class Strict implements Quotas {
        @Override
        public int charge(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
            charged.add(traffic + " of " + clientId + (bytes > 0 ? " counted" : " nothing"));
            return 700;
        }

        @Override
        public int admit(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
            charged.add(traffic + " of " + clientId + " asked for");
            return 300;
        }

        @Override
        public long bytesAtOnce(Traffic traffic, Principal principal, String clientId) {
            return 1;
        }
    }

    private static ProduceRequest produce(short acks) {
        return new ProduceRequest(new ProduceRequestData().setAcks(acks).setTimeoutMs(1_000), (short) 9);
    }
}
