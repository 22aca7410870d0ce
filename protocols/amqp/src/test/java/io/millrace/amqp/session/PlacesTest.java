package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.broker.topology.ParameterKey;
import org.junit.jupiter.api.Test;

/// Limits of users and virtual hosts to what they have open, in RabbitMQ's words.
class PlacesTest {
    private final TestBroker broker = new TestBroker();

    @Test
    void keepsToTheConnectionsOfAVirtualHost() {
        limit(ParameterKey.limitsOf(TestTopology.ROOT), "max-connections", 1);
        TestClient first = TestClient.open(broker, 1);

        TestClient second = openingOne(2);

        assertThat(second.only())
                .isEqualTo(new ConnectionMethods.Close(
                        530,
                        "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (1) is reached",
                        10,
                        40));
        first.close();
        assertThat(openingOne(3).only()).isEqualTo(new ConnectionMethods.OpenOk());
    }

    @Test
    void keepsToTheConnectionsOfAUser() {
        limit(ParameterKey.limitsOf("guest"), "max-connections", 1);
        TestClient.open(broker, 1);

        TestClient second = openingOne(2);

        assertThat(second.only())
                .isEqualTo(new ConnectionMethods.Close(
                        530,
                        "NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached",
                        10,
                        40));
    }

    @Test
    void keepsToTheChannelsOfAUser() {
        limit(ParameterKey.limitsOf("guest"), "max-channels", 2);
        TestClient one = TestClient.open(broker, 1);
        TestClient other = TestClient.open(broker, 2);
        one.send(1, new ChannelMethods.Close(200, "", 0, 0));
        one.send(1, new ChannelMethods.Open());
        one.heard();

        one.send(2, new ChannelMethods.Open());

        ConnectionMethods.Close close = (ConnectionMethods.Close) one.only();
        assertThat(close.replyCode()).isEqualTo(530);
        assertThat(close.replyText())
                .isEqualTo(
                        "NOT_ALLOWED - number of channels opened for user 'guest' has reached the maximum allowed user"
                                + " limit of (2)");
        other.send(2, new ChannelMethods.Open());
        assertThat(other.only()).isEqualTo(new ChannelMethods.OpenOk());
    }

    @Test
    void leavesEveryPlaceItTook() {
        TestClient client = TestClient.open(broker, 1);
        client.send(2, new ChannelMethods.Open());

        client.send(0, new ConnectionMethods.Close(200, "", 0, 0));
        client.close();

        assertThat(broker.taken).hasSize(3);
        assertThat(broker.taken.values()).containsOnly(0);
    }

    private void limit(ParameterKey key, String name, long most) {
        broker.become(broker.current().limit(key, name, most));
    }

    private TestClient openingOne(long number) {
        TestClient client = new TestClient(broker, number);
        client.login("PLAIN", "\0guest\0guest");
        client.send(0, new ConnectionMethods.TuneOk(100, 4096, 0));
        client.heard();
        client.send(0, new ConnectionMethods.Open("/"));
        return client;
    }
}
