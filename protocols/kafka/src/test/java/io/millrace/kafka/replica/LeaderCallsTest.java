package io.millrace.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetQuery.Kind;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryConnection;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Peer;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Principal;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

/// What a node asks a leader for its own clients, and the leader's answers, through real bytes.
final class LeaderCallsTest {
    private static final String NAME = "millrace-records";

    private final KafkaFixture node = new KafkaFixture();
    private final MemoryConnection connection = new MemoryConnection();
    private final KafkaSession leader =
            node.protocol.connect(new Peer(Principal.ANONYMOUS, "127.0.0.1", NodeView.CLUSTER_LISTENER), connection);
    private final TopicId orders;

    LeaderCallsTest() {
        node.topic("orders", 3);
        orders = node.catalog.current().topic("orders").orElseThrow().id();
    }

    private static ByteBuffer batch(String... values) {
        SimpleRecord[] records = new SimpleRecord[values.length];
        for (int i = 0; i < values.length; i++) {
            records[i] = new SimpleRecord(1_000 + i, null, values[i].getBytes(StandardCharsets.UTF_8));
        }
        return MemoryRecords.withRecords(Compression.NONE, records).buffer();
    }

    private ByteBuffer answerTo(ByteBuffer call) {
        leader.onFrame(call, Lease.NONE);
        return connection.next();
    }

    private AppendReply append(TopicId topic, int partition, String... values) {
        ByteBuffer batch = batch(values);
        ByteBuffer answer = answerTo(LeaderCalls.produce(topic, partition, batch, 1_000, NAME));
        return ((Decoded.Complete<AppendReply>) LeaderCalls.produced(answer, batch)).value();
    }

    private OffsetReply offset(Kind kind, long timestampMs) {
        var query = new OffsetQuery(new TopicPartition("orders", 1), kind, timestampMs, -1, true);
        return ((Decoded.Complete<OffsetReply>) LeaderCalls.offset(answerTo(LeaderCalls.offset(query, NAME)))).value();
    }

    @Test
    void appendsAndSaysWhere() {
        append(orders, 1, "a");
        AppendReply reply = append(orders, 1, "b", "c");

        assertThat(reply.error()).isEqualTo(ErrorKind.NONE);
        assertThat(reply.result().firstOffset()).isEqualTo(1);
        assertThat(reply.result().nextOffset()).isEqualTo(3);
    }

    @Test
    void refusalsComeBack() {
        assertThat(append(new TopicId(7, 7), 0, "a").error()).isEqualTo(ErrorKind.UNKNOWN_TOPIC_ID);
    }

    @Test
    void offsetsOfFirstLastAndATime() {
        append(orders, 1, "a", "b", "c");

        assertThat(offset(Kind.EARLIEST, -1).offset()).isZero();
        assertThat(offset(Kind.LATEST, -1).offset()).isEqualTo(3);
        assertThat(offset(Kind.LATEST, -1).error()).isEqualTo(ErrorKind.NONE);
    }

    @Property
    void answersThatAreNoneAreNoFault(SeededRandomness random) {
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);

        assertThat(LeaderCalls.produced(ByteBuffer.wrap(bytes), batch("a"))).isNotNull();
        assertThat(LeaderCalls.offset(ByteBuffer.wrap(bytes))).isNotNull();
    }
}
