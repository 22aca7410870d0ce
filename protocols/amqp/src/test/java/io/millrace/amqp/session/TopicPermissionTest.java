package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.model.ExchangeName;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a user may do with routing keys of a topic exchange, in RabbitMQ's words.
class TopicPermissionTest {
    private final TestBroker broker = new TestBroker();
    private final TestClient client = TestClient.open(broker, 1);

    @BeforeEach
    void permit() {
        client.declareQueue("q");
        client.bind("q", "amq.topic", "#");
        client.heard();
        broker.become(broker.current()
                .with(new TopicPermissionView("guest", new ExchangeName("amq.topic"), "^{username}\\.", "^news\\.")));
    }

    @Test
    void publishesWithAPermittedKey() {
        client.publish("amq.topic", "guest.x", "a");

        assertThat(client.methods()).isEmpty();
        assertThat(broker.queue("q").ready()).isEqualTo(1);
    }

    @Test
    void refusesToPublishWithAnotherKey() {
        client.publish("amq.topic", "stranger.x", "a");

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(
                        403,
                        "ACCESS_REFUSED - access to topic 'stranger.x' in exchange 'amq.topic' in vhost '/' refused for"
                                + " user 'guest'",
                        60,
                        40));
        assertThat(broker.queue("q").ready()).isZero();
    }

    @Test
    void looksAtFurtherKeysToo() {
        FieldTable headers = FieldTable.builder()
                .put("CC", new FieldValue.Array(List.of(FieldValue.Text.of("stranger.x"))))
                .build();

        client.publish(
                new BasicMethods.Publish("amq.topic", "guest.x", false, false),
                BasicProperties.EMPTY.toBuilder().headers(headers).build(),
                "a");

        assertThat(client.only()).isInstanceOf(ChannelMethods.Close.class);
        assertThat(broker.queue("q").ready()).isZero();
    }

    @Test
    void refusesToBindWithAnotherKey() {
        client.bind("q", "amq.topic", "secret.x");

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(
                        403,
                        "ACCESS_REFUSED - access to topic 'secret.x' in exchange 'amq.topic' in vhost '/' refused for"
                                + " user 'guest'",
                        50,
                        20));
    }

    @Test
    void saysNothingAboutOtherExchanges() {
        client.bind("q", "amq.direct", "secret.x");
        client.publish("amq.direct", "secret.x", "a");

        assertThat(client.only()).isEqualTo(new QueueMethods.BindOk());
        assertThat(broker.queue("q").ready()).isEqualTo(1);
    }
}
