package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.UserView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The bytes of facts about virtual hosts as they are on disks: `golden/topology-records-v1.txt` is never changed, only
/// added to.
class TopologyRecordGolden {
    private static final TopicId ID = new TopicId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final VhostName ROOT = new VhostName("/");
    private static final ExchangeName TOPIC = new ExchangeName("amq.topic");
    private static final QueueRef ORDERS = new QueueRef(ROOT, new QueueName("orders"));
    private static final ConnectionId CONNECTION = new ConnectionId(3, 77, 300);
    private static final Arguments EVERYTHING = Arguments.of("text", ArgumentValue.text("é"))
            .with("binary", new ArgumentValue.Binary(ByteString.utf8("b")))
            .with("int", new ArgumentValue.Whole(-5, Width.INT))
            .with("real", new ArgumentValue.Real(1.5, true))
            .with("decimal", new ArgumentValue.Decimal(2, 314))
            .with("bool", ArgumentValue.bool(true))
            .with("timestamp", new ArgumentValue.Timestamp(1_700_000_000))
            .with("table", new ArgumentValue.Table(Arguments.of("in", ArgumentValue.whole(1))))
            .with("sequence", new ArgumentValue.Sequence(List.of(ArgumentValue.bool(false))))
            .with("nothing", new ArgumentValue.Nothing());

    private static final List<TopologyRecord> RECORDS = List.of(
            new TopologyRecord.VhostPut(ROOT, EVERYTHING),
            new TopologyRecord.VhostDeleted(new VhostName("gone")),
            new TopologyRecord.ExchangeDeclared(
                    ROOT,
                    new ExchangeSpec(new ExchangeName("e"), ExchangeType.TOPIC, true, false, true, Arguments.NONE),
                    77),
            new TopologyRecord.ExchangeDeleted(ROOT, new ExchangeName("e")),
            new TopologyRecord.Bound(ROOT, new Binding("e", new Destination.ToQueue("orders"), "a.#")),
            new TopologyRecord.Bound(ROOT, new Binding("e", new Destination.ToExchange("f"), "")),
            new TopologyRecord.Unbound(ROOT, new Binding("e", new Destination.ToTopic("t"), "k")),
            new TopologyRecord.QueueDeclared(
                    new QueueSpec(ORDERS, QueueType.QUORUM, true, false, false, Arguments.NONE),
                    ID,
                    new Home.OnLog("queue.orders", ID),
                    Optional.empty()),
            new TopologyRecord.QueueDeclared(
                    new QueueSpec(ORDERS, QueueType.CLASSIC, false, true, true, Arguments.NONE),
                    ID,
                    new Home.InMemory(3, 77),
                    Optional.of(CONNECTION)),
            new TopologyRecord.QueueDeleted(ORDERS),
            new TopologyRecord.UserPut(new UserView("guest", "hash", "sha", List.of("administrator"))),
            new TopologyRecord.UserDeleted("guest"),
            new TopologyRecord.PermissionPut(ROOT, new PermissionView("guest", "c", "w", "r")),
            new TopologyRecord.PermissionDeleted(ROOT, "guest"),
            new TopologyRecord.ConnectionEnded(CONNECTION),
            new TopologyRecord.TopicPermissionPut(ROOT, new TopicPermissionView("guest", TOPIC, "w", "r")),
            new TopologyRecord.TopicPermissionDeleted(ROOT, "guest", Optional.of(TOPIC)),
            new TopologyRecord.PolicyPut(
                    ROOT, true, new PolicyView("p", "^q", PolicyTarget.QUEUES, -1, Arguments.NONE)),
            new TopologyRecord.PolicyDeleted(ROOT, false, "p"),
            new TopologyRecord.ParameterPut(ParameterKey.limitsOf(ROOT), ArgumentValue.whole(5)),
            new TopologyRecord.ParameterDeleted(ParameterKey.limitsOf("guest")));

    private static String written(TopologyRecord record) {
        return HexFormat.of().formatHex(RecordCodec.encode(new MetadataRecord.TopologyRecorded(record)));
    }

    private static RecordCodec.Decoded read(String line) {
        return RecordCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(line)));
    }

    private static List<String> golden() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                TopologyRecordGolden.class.getResourceAsStream("/golden/topology-records-v1.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    @Test
    void writesAndReadsTheBytesThatAreOnDisks() throws IOException {
        assertThat(RECORDS.stream().map(TopologyRecordGolden::written)).isEqualTo(golden());
        assertThat(golden().stream().map(TopologyRecordGolden::read))
                .isEqualTo(RECORDS.stream()
                        .map(record -> new RecordCodec.Decoded.Complete(new MetadataRecord.TopologyRecorded(record)))
                        .toList());
    }
}
