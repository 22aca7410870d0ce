package io.millrace.conformance.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.LongStringHelper;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Opening and ending a connection with RabbitMQ's Java client.
@ExtendWith(SharedAmqp.class)
final class ConnectionConformance {
    private final AmqpClients clients;

    ConnectionConformance(AmqpClients clients) {
        this.clients = clients;
    }

    @Test
    void aClientThatLeavesTheLimitsToTheBrokerGetsRabbitMqs() throws Exception {
        Connection connection = clients.connect(factory -> {
            factory.setRequestedChannelMax(0);
            factory.setRequestedFrameMax(0);
        });

        assertThat(connection.getChannelMax()).isEqualTo(2047);
        assertThat(connection.getFrameMax()).isEqualTo(131_072);
        assertThat(connection.getHeartbeat()).isEqualTo(60);
    }

    @Test
    void aClientMayAskForLess() throws Exception {
        Connection connection = clients.connect(factory -> {
            factory.setRequestedChannelMax(7);
            factory.setRequestedFrameMax(4096);
            factory.setRequestedHeartbeat(5);
        });

        assertThat(connection.getChannelMax()).isEqualTo(7);
        assertThat(connection.getFrameMax()).isEqualTo(4096);
        assertThat(connection.getHeartbeat()).isEqualTo(5);
    }

    @Test
    void aBodyOfManySmallFramesComesBackWhole() throws Exception {
        Channel channel =
                clients.connect(factory -> factory.setRequestedFrameMax(4096)).createChannel();
        String queue = clients.queue(Map.of());
        var body = new byte[100_000];
        new Random(1).nextBytes(body);

        channel.basicPublish("", queue, AmqpClients.PLAIN, body);

        assertThat(AmqpClients.take(channel, queue, true).getBody()).isEqualTo(body);
    }

    @Test
    void anIdleConnectionLivesOnHeartbeats() throws Exception {
        Connection connection = clients.connect(factory -> factory.setRequestedHeartbeat(1));
        Channel channel = connection.createChannel();
        String queue = clients.queue(Map.of("x-expires", 4_000));

        // the queue's end is the clock: four heartbeat intervals in which this connection says nothing
        AmqpClients.await(() -> {
            try (Channel asking = clients.connect().createChannel()) {
                return asking.isOpen() && isMissing(asking, queue);
            }
        });

        assertThat(connection.isOpen()).isTrue();
        assertThat(channel.queueDeclare().getQueue()).startsWith("amq.gen-");
    }

    private static boolean isMissing(Channel channel, String queue) throws IOException {
        // unlike a declare, a publish is no use of the queue
        var returned = new CompletableFuture<String>();
        channel.addReturnListener(message -> returned.complete(message.getReplyText()));
        channel.confirmSelect();
        channel.basicPublish("", queue, true, AmqpClients.PLAIN, AmqpClients.bytes("?"));
        try {
            channel.waitForConfirms(AmqpClients.LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
        return returned.isDone();
    }

    @Test
    void serverPropertiesNameTheCapabilities() throws Exception {
        Map<String, Object> properties = clients.connect().getServerProperties();

        assertThat(properties)
                .containsKeys("product", "version", "platform", "copyright", "information", "cluster_name");
        assertThat(properties.get("capabilities"))
                .isEqualTo(Map.of(
                        "publisher_confirms", true,
                        "exchange_exchange_bindings", true,
                        "basic.nack", true,
                        "consumer_cancel_notify", true,
                        "connection.blocked", true,
                        "consumer_priorities", true,
                        "authentication_failure_close", true,
                        "per_consumer_qos", true,
                        "direct_reply_to", true));
    }

    @Test
    void theVersionIsOneThatLibrariesCanParse() throws Exception {
        String version = clients.connect().getServerProperties().get("version").toString();

        assertThat(version).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(Integer.parseInt(version.substring(0, version.indexOf('.')))).isGreaterThanOrEqualTo(3);
    }

    @Test
    void aWrongPasswordIsRefusedWithRabbitMqsWords() {
        assertThat(loginFailure(factory -> factory.setPassword("wrong"))).isEqualTo(REFUSED);
    }

    @Test
    void anUnknownUserIsRefusedWithTheSameWords() {
        assertThat(loginFailure(factory -> factory.setUsername("nobody"))).isEqualTo(REFUSED);
    }

    private static final String REFUSED = "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN."
            + " For details see the broker logfile.";

    private String loginFailure(Consumer<ConnectionFactory> settings) {
        return catchThrowableOfType(AuthenticationFailureException.class, () -> clients.connect(settings))
                .getMessage();
    }

    @Test
    void anUnknownVhostIsNotAllowed() {
        IOException failure = catchThrowableOfType(
                IOException.class, () -> clients.connect(factory -> factory.setVirtualHost("nope")));

        assertThat(Closed.of((ShutdownSignalException) failure.getCause()))
                .isEqualTo(Closed.connection(530, "NOT_ALLOWED - vhost nope not found"));
    }

    @Test
    void amqplainIsOfferedAndWorks() throws Exception {
        Connection connection =
                clients.connect(factory -> factory.setSaslConfig(mechanisms -> amqplain(List.of(mechanisms))));

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void aWrongAmqplainPasswordIsRefusedByItsOwnName() {
        String failure = loginFailure(factory -> {
            factory.setPassword("wrong");
            factory.setSaslConfig(mechanisms -> amqplain(List.of(mechanisms)));
        });

        assertThat(failure).isEqualTo(REFUSED.replace("PLAIN", "AMQPLAIN"));
    }

    // OpenStack's default; this client has none of its own
    private static SaslMechanism amqplain(List<String> offered) {
        assertThat(offered).contains("PLAIN", "AMQPLAIN");
        return new SaslMechanism() {
            @Override
            public String getName() {
                return "AMQPLAIN";
            }

            @Override
            public LongString handleChallenge(LongString challenge, String username, String password) {
                var table = new ByteArrayOutputStream();
                try (var out = new DataOutputStream(table)) {
                    RawAmqp.shortString(out, "LOGIN");
                    out.writeByte('S');
                    RawAmqp.longString(out, username);
                    RawAmqp.shortString(out, "PASSWORD");
                    out.writeByte('S');
                    RawAmqp.longString(out, password);
                } catch (IOException e) {
                    throw new UncheckedIOException("in memory", e);
                }
                return LongStringHelper.asLongString(table.toByteArray());
            }
        };
    }

    @Test
    void plainIsOfferedAndWorks() throws Exception {
        assertThat(clients.connect(factory -> factory.setSaslConfig(DefaultSaslConfig.PLAIN))
                        .isOpen())
                .isTrue();
    }

    @Test
    void channelMaxIsTheNumberOfChannelsThatMayBeOpenAtOnce() throws Exception {
        Connection connection = clients.connect(factory -> factory.setRequestedChannelMax(2));
        Channel one = connection.createChannel();
        connection.createChannel();

        assertThat(connection.createChannel())
                .as("refused by the client itself")
                .isNull();
        one.close();
        assertThat(connection.createChannel().queueDeclare().getMessageCount()).isZero();
    }

    @Test
    void twoThousandAndFortySevenChannelsOpen() throws Exception {
        Connection connection = clients.connect();
        var channels = new ArrayList<Channel>();
        for (int i = 0; i < 2047; i++) {
            channels.add(connection.createChannel());
        }

        assertThat(channels.getLast().queueDeclare().getMessageCount()).isZero();
    }

    @Test
    void aChannelErrorLeavesTheConnectionAndItsOtherChannelsAlone() throws Exception {
        Connection connection = clients.connect();
        Channel other = connection.createChannel();

        Closed closed = Closed.by(connection, channel -> channel.queueDeclarePassive("nope"));

        assertThat(closed).isEqualTo(Closed.channel(404, "NOT_FOUND - no queue 'nope' in vhost '/'"));
        assertThat(other.queueDeclare().getMessageCount()).isZero();
    }

    @Test
    void aChannelNumberCanBeUsedAgainAfterAnError() throws Exception {
        Connection connection = clients.connect();
        for (int i = 0; i < 20; i++) {
            Channel channel = connection.createChannel(1);
            Closed.of(channel, () -> channel.queueDeclarePassive("nope"));
        }

        assertThat(connection.createChannel(1).queueDeclare().getMessageCount()).isZero();
    }

    @Test
    void aConnectionErrorEndsAllChannels() throws Exception {
        Connection connection = clients.connect();
        Channel other = connection.createChannel();
        var ended = new CompletableFuture<ShutdownSignalException>();
        other.addShutdownListener(ended::complete);

        Closed closed = Closed.by(connection, channel -> channel.exchangeDeclare(AmqpClients.fresh("e"), "nosuch"));

        assertThat(closed).isEqualTo(Closed.connection(503, "COMMAND_INVALID - unknown exchange type 'nosuch'"));
        assertThat(Closed.await(ended)).isEqualTo(closed);
    }

    @Test
    void aConsumerTagIsTakenOncePerChannel() throws Exception {
        Connection connection = clients.connect();
        String queue = clients.queue(Map.of());
        Channel channel = connection.createChannel();
        channel.basicConsume(queue, false, "tag", new DefaultConsumer(channel));

        // the client would refuse by itself
        var second = new AMQP.Basic.Consume.Builder().queue(queue).consumerTag("tag");
        Closed closed = Closed.of(channel, () -> channel.rpc(second.build()));

        assertThat(closed).isEqualTo(Closed.connection(530, "NOT_ALLOWED - attempt to reuse consumer tag 'tag'"));
    }

    @Test
    void aClientsOwnCloseIsAnswered() throws Exception {
        Connection connection = clients.connect();

        connection.close(200, "done");

        assertThat(connection.isOpen()).isFalse();
        assertThat(connection.getCloseReason().isInitiatedByApplication()).isTrue();
    }
}
