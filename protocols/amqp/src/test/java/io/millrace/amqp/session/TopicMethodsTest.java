package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConfirmMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.topology.PermissionView;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import org.junit.jupiter.api.Test;

/// Topics of Kafka's clients, used as queues and bound to exchanges.
class TopicMethodsTest {
    private static final FieldTable AS_STREAM =
            FieldTable.builder().put("x-queue-type", "stream").build();

    private final TestBroker broker = new TestBroker();
    private final TestQueue orders = broker.topic("orders");
    private final TestClient client = TestClient.open(broker, 1);

    private void declare(FieldTable arguments, boolean passive) {
        client.send(1, new QueueMethods.Declare("orders", passive, true, false, false, false, arguments));
    }

    private static Binding bindingTo(Destination destination) {
        return new Binding(new ExchangeName("e"), destination, "k", Arguments.NONE);
    }

    private boolean isBound(Destination destination) {
        return broker.current().routing().hasBinding(bindingTo(destination));
    }

    private String refusal() {
        return ((ChannelMethods.Close) client.only()).replyText();
    }

    @Test
    void aTopicIsThereAsAStream() {
        declare(FieldTable.EMPTY, true);
        declare(AS_STREAM, false);

        assertThat(client.methods())
                .containsExactly(
                        new QueueMethods.DeclareOk("orders", 0, 0), new QueueMethods.DeclareOk("orders", 0, 0));
        assertThat(broker.current().queueCount()).isZero();
    }

    @Test
    void aTopicKeepsItsOwnSettings() {
        declare(
                FieldTable.builder()
                        .put("x-queue-type", "stream")
                        .put("x-max-age", "1D")
                        .build(),
                false);

        assertThat(refusal())
                .isEqualTo("PRECONDITION_FAILED - inequivalent arg 'x-max-age' for queue 'orders' in vhost '/':"
                        + " received the value '1D' of type 'longstr' but current is none");
    }

    @Test
    void aQueueOfTheNameComesFirst() {
        declare(FieldTable.EMPTY, false);
        client.publish("", "orders", "m");
        client.heard();

        assertThat(broker.queue("orders").ready()).isEqualTo(1);
        assertThat(orders.ready()).isZero();
    }

    @Test
    void isConsumedWithAcknowledgementsAndPrefetch() {
        client.consume("orders", "c", false);
        assertThat(refusal())
                .isEqualTo("PRECONDITION_FAILED - consumer prefetch count is not set for"
                        + " 'queue 'orders' in vhost '/''");

        TestClient other = TestClient.open(broker, 2);
        other.send(1, new BasicMethods.Qos(0, 1, false));
        other.consume("orders", "c", false);
        other.publish("", "orders", "m");

        assertThat(other.methods())
                .contains(new BasicMethods.ConsumeOk("c"), new BasicMethods.Deliver("c", 1, false, "", "orders"));
    }

    @Test
    void placesAndFiltersHaveToBeSome() {
        for (FieldTable arguments : new FieldTable[] {
            FieldTable.builder().put("x-stream-offset", "nowhere").build(),
            FieldTable.builder().put("x-stream-offset", true).build(),
            FieldTable.builder().put("x-stream-filter", 1).build(),
            FieldTable.builder().put("x-stream-match-unfiltered", "yes").build()
        }) {
            TestClient each = TestClient.open(broker, 9);
            each.send(1, new BasicMethods.Qos(0, 1, false));
            each.heard();
            each.send(1, new BasicMethods.Consume("orders", "c", false, false, false, false, arguments));
            assertThat(((ChannelMethods.Close) each.only()).replyText())
                    .startsWith("PRECONDITION_FAILED - invalid arg 'x-stream-")
                    .contains("for queue 'orders' in vhost '/': invalid_");
        }
    }

    @Test
    void isBoundAndUnbound() {
        client.declareExchange("e", "direct");
        client.bind("orders", "e", "k");
        assertThat(isBound(new Destination.ToTopic("orders"))).isTrue();

        client.publish("e", "k", "m");
        assertThat(orders.ready()).isEqualTo(1);

        client.send(1, new QueueMethods.Unbind("orders", "e", "k", FieldTable.EMPTY));
        assertThat(isBound(new Destination.ToTopic("orders"))).isFalse();
    }

    @Test
    void aTopicsBindingIsUnboundThoughAQueueHasItsNameNow() {
        client.declareExchange("e", "direct");
        client.bind("orders", "e", "k");
        declare(FieldTable.EMPTY, false);
        client.bind("orders", "e", "k");
        assertThat(isBound(new Destination.ToQueue("orders"))).isTrue();

        client.send(1, new QueueMethods.Unbind("orders", "e", "k", FieldTable.EMPTY));
        assertThat(isBound(new Destination.ToQueue("orders"))).isFalse();
        assertThat(isBound(new Destination.ToTopic("orders"))).isTrue();

        client.send(1, new QueueMethods.Unbind("orders", "e", "k", FieldTable.EMPTY));
        assertThat(isBound(new Destination.ToTopic("orders"))).isFalse();
    }

    @Test
    void theConfirmWaitsForTheTopic() {
        broker.holdPublications();
        client.send(1, new ConfirmMethods.Select(false));
        client.publish("", "orders", "a");
        client.publish("", "orders", "b");
        assertThat(client.only()).isEqualTo(new ConfirmMethods.SelectOk());

        broker.takePublication().ended(Publication.End.STORED);
        broker.takePublication().ended(Publication.End.FAILED);
        client.step();

        assertThat(client.methods())
                .containsExactlyInAnyOrder(new BasicMethods.Ack(1, false), new BasicMethods.Nack(2, false, true));
    }

    @Test
    void whatGoesToATopicIsNotReturned() {
        client.publish(new BasicMethods.Publish("", "orders", true, false), BasicProperties.EMPTY, "a");
        client.publish(new BasicMethods.Publish("", "other", true, false), BasicProperties.EMPTY, "b");

        assertThat(client.methods()).containsExactly(new BasicMethods.Return(312, "NO_ROUTE", "", "other"));
    }

    @Test
    void isNeitherDeletedNorPurged() {
        client.send(1, new QueueMethods.Delete("orders", false, false, false));
        assertThat(refusal()).isEqualTo("ACCESS_REFUSED - queue 'orders' in vhost '/' is a topic, and deleted as one");
    }

    @Test
    void permissionsAreThoseOfAQueue() {
        broker.become(broker.current().with(new PermissionView("guest", ".*", "amq\\..*", "amq\\..*")));
        client.send(1, new BasicMethods.Qos(0, 1, false));
        client.heard();

        client.consume("orders", "c", false);

        assertThat(refusal())
                .isEqualTo("ACCESS_REFUSED - access to queue 'orders' in vhost '/' refused for user 'guest'");
    }

    @Test
    void headersOfOtherProtocolsAreNoFaultHere() {
        client.send(1, new BasicMethods.Qos(0, 1, false));
        client.consume("orders", "c", false);
        BasicProperties sent = BasicProperties.builder()
                .headers(FieldTable.builder()
                        .put("n", new FieldValue.Int(FieldValue.IntType.INT64, 7))
                        .build())
                .build();
        client.heard();
        client.publish(new BasicMethods.Publish("", "orders", false, false), sent, "m");

        assertThat(client.heard().getFirst().properties()).isEqualTo(sent);
    }
}
