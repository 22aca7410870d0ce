package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.ExchangeMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.QueueType;
import io.millrace.model.QueueName;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Exchanges, queues, bindings. Codes and texts are RabbitMQ's as observed.
class TopologyMethodsTest {
    private final TestBroker broker = new TestBroker();
    private final TestClient client = TestClient.open(broker, 1);

    @Test
    void declaresBindsAndRoutes() {
        client.declareExchange("e", "topic");
        client.declareQueue("q");
        client.bind("q", "e", "a.*");
        client.bind("q", "e", "a.*");
        client.publish("e", "a.b", "routed");

        assertThat(client.methods())
                .containsExactly(
                        new ExchangeMethods.DeclareOk(),
                        new QueueMethods.DeclareOk("q", 0, 0),
                        new QueueMethods.BindOk(),
                        new QueueMethods.BindOk());
        assertThat(broker.queue("q").ready()).isEqualTo(1);
    }

    @Test
    void makesWhatFollowsWaitOnThisChannelOnly() {
        client.send(2, new ChannelMethods.Open());
        client.heard();
        client.leaveBroker();

        client.gather(1, queue("q", true));
        client.gather(1, new QueueMethods.Declare("q", true, false, false, false, false, FieldTable.EMPTY));
        client.gather(2, new BasicMethods.Qos(0, 1, false));
        client.step();
        AmqpMethod first = client.only();
        broker.runReady();
        client.step();

        assertThat(first).isEqualTo(new BasicMethods.QosOk());
        assertThat(client.only()).isEqualTo(new QueueMethods.DeclareOk("q", 0, 0));
    }

    private static QueueMethods.Declare queue(String name, boolean noWait) {
        return new QueueMethods.Declare(name, false, false, false, false, noWait, FieldTable.EMPTY);
    }

    /// Whoever is told uses it over another node.
    @Test
    void tellsOfWhatIsThereWhenAllNodesKnowIt() {
        FieldTable none = FieldTable.EMPTY;
        ExchangeMethods.Declare exchange =
                new ExchangeMethods.Declare("e", "topic", false, false, false, false, false, none);
        client.send(1, exchange);
        client.declareQueue("q");
        client.bind("q", "e", "a.*");
        List<AmqpMethod> again = List.of(
                exchange,
                new ExchangeMethods.Declare("e", "topic", true, false, false, false, false, none),
                queue("q", false),
                new QueueMethods.Declare("q", true, false, false, false, false, none),
                new QueueMethods.Bind("q", "e", "a.*", false, none),
                new QueueMethods.Unbind("q", "e", "never", none),
                new ExchangeMethods.Delete("never", false, false),
                new QueueMethods.Delete("never", false, false, false));
        client.heard();
        for (AmqpMethod method : again) {
            broker.keepUnknown();
            client.send(1, method);
            assertThat(client.methods()).isEmpty();
            broker.makeKnown();
            client.step();
            assertThat(client.methods()).hasSize(1);
        }
    }

    @Test
    void theDefaultTypeIsForQueuesThatCanBeOfIt() {
        broker.become(broker.current().withDefault(QueueType.QUORUM));
        client.send(1, new QueueMethods.Declare("exclusive", false, false, true, false, true, FieldTable.EMPTY));
        broker.become(broker.current().withDefault(QueueType.QUORUM));
        client.send(1, new QueueMethods.Declare("transient", false, false, false, false, true, FieldTable.EMPTY));
        broker.become(broker.current().withDefault(QueueType.QUORUM));
        client.send(1, new QueueMethods.Declare("durable", false, true, false, false, true, FieldTable.EMPTY));

        assertThat(client.methods()).isEmpty();
        assertThat(type("exclusive")).isEqualTo(QueueType.CLASSIC);
        assertThat(type("transient")).isEqualTo(QueueType.CLASSIC);
        assertThat(type("durable")).isEqualTo(QueueType.QUORUM);
    }

    private QueueType type(String queue) {
        return broker.current().queue(new QueueName(queue)).orElseThrow().spec().type();
    }

    @Test
    void countsWhatIsInAQueueThatWasThere() {
        client.declareQueue("q");
        client.publish("", "q", "one");
        client.heard();

        client.declareQueue("q");

        assertThat(client.only()).isEqualTo(new QueueMethods.DeclareOk("q", 1, 0));
    }

    @Test
    void namesQueuesAndRemembersTheLast() {
        client.declareQueue("");
        String name = ((QueueMethods.DeclareOk) client.only()).queue();
        client.send(1, new QueueMethods.Bind("", "amq.direct", "", false, FieldTable.EMPTY));
        client.publish("amq.direct", name, "found");
        client.send(1, new QueueMethods.Purge("", false));

        assertThat(name).matches("amq\\.gen-[A-Za-z0-9_-]{22}");
        assertThat(client.methods()).containsExactly(new QueueMethods.BindOk(), new QueueMethods.PurgeOk(1));
    }

    @Test
    void knowsNoLastQueueAtFirst() {
        client.send(1, new QueueMethods.Purge("", false));

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(404, "NOT_FOUND - no previously declared queue", 50, 30));
    }

    @Test
    void comparesQueues() {
        client.declareQueue("q");
        client.heard();

        client.send(1, new QueueMethods.Declare("q", false, true, false, false, false, FieldTable.EMPTY));

        assertThat(text())
                .isEqualTo("PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received"
                        + " 'true' but current is 'false'");
    }

    @Test
    void comparesArgumentsWithTheirTypes() {
        client.declareQueue("q");
        client.heard();

        FieldTable arguments = FieldTable.builder()
                .put("x-max-length", new FieldValue.Int(FieldValue.IntType.INT32, 5))
                .build();
        client.send(1, new QueueMethods.Declare("q", false, false, false, false, false, arguments));

        assertThat(text())
                .isEqualTo("PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received"
                        + " the value '5' of type 'signedint' but current is none");
    }

    @Test
    void comparesExchanges() {
        client.declareExchange("e", "direct");
        client.heard();

        client.declareExchange("e", "fanout");

        assertThat(text())
                .isEqualTo("PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'e' in vhost '/': received"
                        + " 'fanout' but current is 'direct'");
    }

    @Test
    void replacesAQueueInTheMemoryOfANodeThatIsAway() {
        client.declareQueue("reply");
        client.publish("", "reply", "lost");
        TestClient owner = TestClient.open(broker, 2);
        owner.send(1, new QueueMethods.Declare("x", false, false, true, false, false, FieldTable.EMPTY));
        client.heard();
        broker.away("reply");
        broker.away("x");

        client.declareQueue("reply");
        assertThat(client.only()).isEqualTo(new QueueMethods.DeclareOk("reply", 0, 0));
        assertThat(broker.queue("reply").ready()).isZero();

        client.send(1, new QueueMethods.Declare("x", false, false, true, false, false, FieldTable.EMPTY));
        assertThat(client.only()).isEqualTo(new QueueMethods.DeclareOk("x", 0, 0));
    }

    @Test
    void locksExclusiveQueuesAndLetsThemGoWithTheirConnection() {
        TestClient owner = TestClient.open(broker, 2);
        owner.send(1, new QueueMethods.Declare("x", false, false, true, false, false, FieldTable.EMPTY));

        client.send(1, new QueueMethods.Declare("x", true, false, false, false, false, FieldTable.EMPTY));
        assertThat(text())
                .isEqualTo("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'x' in vhost '/'. It could"
                        + " be originally declared on another connection or the exclusive property value does not match"
                        + " that of the original declaration.");

        owner.close();
        assertThat(broker.current().queue(new QueueName("x"))).isEmpty();
    }

    @Test
    void keepsReservedNames() {
        client.declareQueue("amq.mine");

        assertThat(text()).isEqualTo("ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'");
    }

    @Test
    void keepsSystemExchanges() {
        client.send(1, new ExchangeMethods.Delete("amq.direct", false, false));

        assertThat(text())
                .isEqualTo("ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed");
    }

    @Test
    void keepsTheDefaultExchange() {
        client.declareExchange("", "direct");

        assertThat(text()).isEqualTo("ACCESS_REFUSED - operation not permitted on the default exchange");
    }

    @Test
    void knowsNoOtherExchangeTypes() {
        client.declareExchange("e", "nosuch");

        assertThat(client.only())
                .isEqualTo(
                        new ConnectionMethods.Close(503, "COMMAND_INVALID - unknown exchange type 'nosuch'", 40, 10));
    }

    @Test
    void bindsOnlyWhatIsThere() {
        client.declareQueue("q");
        client.heard();

        client.bind("q", "nope", "");

        assertThat(text()).isEqualTo("NOT_FOUND - no exchange 'nope' in vhost '/'");
    }

    @Test
    void unbindsAndDeletesWhatIsNotThere() {
        client.send(1, new QueueMethods.Unbind("nope", "nope", "", FieldTable.EMPTY));
        client.send(1, new QueueMethods.Delete("nope", true, true, false));
        client.send(1, new ExchangeMethods.Delete("nope", true, false));

        assertThat(client.methods())
                .containsExactly(
                        new QueueMethods.UnbindOk(), new QueueMethods.DeleteOk(0), new ExchangeMethods.DeleteOk());
    }

    @Test
    void deletesOnlyEmptyQueuesWhenAsked() {
        client.declareQueue("q");
        client.publish("", "q", "there");
        client.heard();

        client.send(1, new QueueMethods.Delete("q", false, true, false));

        assertThat(text()).isEqualTo("PRECONDITION_FAILED - queue 'q' in vhost '/' not empty");
    }

    @Test
    void asksForPermission() {
        broker.become(broker.current().with(new PermissionView("reader", "", "^allowed$", ".*")));
        TestClient reader = TestClient.open(broker, 3, "reader");

        reader.publish("amq.direct", "", "");

        assertThat(((ChannelMethods.Close) reader.only()).replyText())
                .isEqualTo("ACCESS_REFUSED - access to exchange 'amq.direct' in vhost '/' refused for user 'reader'");
    }

    private String text() {
        return ((ChannelMethods.Close) client.only()).replyText();
    }
}
