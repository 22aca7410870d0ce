package io.millrace.conformance.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ExceptionHandler;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Unchanged Java clients of one test, with the few habits all tests share. Closing ends them all and deletes what
/// [#queue] and [#exchange] declared.
///
/// Owned by: one test.
final class AmqpClients implements AutoCloseable {
    static final AMQP.BasicProperties PLAIN = MessageProperties.MINIMAL_BASIC;
    static final AMQP.BasicProperties PERSISTENT = MessageProperties.MINIMAL_PERSISTENT_BASIC;
    private static final ExceptionHandler QUIET = new DefaultExceptionHandler() {
        @Override
        public void handleUnexpectedConnectionDriverException(Connection connection, Throwable e) {
            // broken connections are what some tests are about: not worth a line in the build's output
        }
    };

    static final Duration LIMIT = Duration.ofSeconds(20);

    private final AmqpAddress address;
    private final List<Connection> connections = new ArrayList<>();
    private final List<String> queues = new ArrayList<>();
    private final List<String> exchanges = new ArrayList<>();
    private @Nullable Channel helping;

    AmqpClients(AmqpAddress address) {
        this.address = address;
    }

    /// A name nobody used before.
    static String fresh(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// The client's defaults for this broker, without the recovery of lost connections.
    ConnectionFactory factory() {
        var factory = new ConnectionFactory();
        factory.setHost(address.host());
        factory.setPort(address.port());
        factory.setUsername(address.user());
        factory.setPassword(address.password());
        factory.setVirtualHost(address.vhost());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setExceptionHandler(QUIET);
        return factory;
    }

    Connection connect() throws IOException, TimeoutException {
        return connect(settings -> {});
    }

    Connection connect(Consumer<ConnectionFactory> settings) throws IOException, TimeoutException {
        ConnectionFactory factory = factory();
        settings.accept(factory);
        Connection connection = factory.newConnection();
        connections.add(connection);
        return connection;
    }

    /// A channel on a connection of its own.
    Channel channel() throws IOException, TimeoutException {
        return connect().createChannel();
    }

    /// A channel on a connection of its own, with confirms.
    Channel confirming() throws IOException, TimeoutException {
        Channel channel = channel();
        channel.confirmSelect();
        return channel;
    }

    /// The channel of the helpers here; a test may use it for what cannot fail.
    Channel helper() throws IOException, TimeoutException {
        if (helping == null || !helping.isOpen()) {
            helping = confirming();
        }
        return helping;
    }

    /// Declares a transient, shared queue of a fresh name.
    String queue(Map<String, Object> arguments) throws IOException, TimeoutException {
        return queue(false, arguments);
    }

    /// Declares a shared queue of a fresh name.
    String queue(boolean durable, Map<String, Object> arguments) throws IOException, TimeoutException {
        String queue = fresh("q");
        helper().queueDeclare(queue, durable, false, false, arguments);
        queues.add(queue);
        return queue;
    }

    /// Declares a durable quorum queue of a fresh name.
    String quorumQueue(Map<String, Object> more) throws IOException, TimeoutException {
        var arguments = new HashMap<String, Object>(more);
        arguments.put("x-queue-type", "quorum");
        return queue(true, arguments);
    }

    /// Declares a transient exchange of a fresh name.
    String exchange(String type, Map<String, Object> arguments) throws IOException, TimeoutException {
        String exchange = fresh("e");
        helper().exchangeDeclare(exchange, type, false, false, arguments);
        exchanges.add(exchange);
        return exchange;
    }

    /// Declares a queue of a fresh name bound with these keys.
    String boundQueue(String exchange, String... keys) throws IOException, TimeoutException {
        String queue = queue(Map.of());
        for (String key : keys) {
            helper().queueBind(queue, exchange, key);
        }
        return queue;
    }

    /// Publishes to a queue and waits for the confirms.
    void publish(String queue, String... bodies) throws Exception {
        for (String body : bodies) {
            publish("", queue, PLAIN, body);
        }
    }

    /// Publishes one message and waits for the confirm.
    void publish(String exchange, String key, AMQP.BasicProperties properties, String body) throws Exception {
        Channel channel = helper();
        channel.basicPublish(exchange, key, properties, bytes(body));
        channel.waitForConfirmsOrDie(LIMIT.toMillis());
    }

    /// The number of messages that wait for a consumer.
    int ready(String queue) throws IOException, TimeoutException {
        return helper().queueDeclarePassive(queue).getMessageCount();
    }

    /// Waits until so many messages wait for a consumer.
    void awaitReady(String queue, int count) {
        await(() -> ready(queue) == count);
    }

    /// Waits for a condition, as long as a slow machine may need.
    static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(LIMIT)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }

    /// Takes the next message of a queue, acknowledged; waits for one.
    GetResponse take(String queue) throws IOException, TimeoutException {
        return take(helper(), queue, true);
    }

    /// Takes the next message of a queue; waits for one.
    static GetResponse take(Channel channel, String queue, boolean acknowledged) {
        var taken = new GetResponse[1];
        await(() -> {
            taken[0] = channel.basicGet(queue, acknowledged);
            return taken[0] != null;
        });
        return taken[0];
    }

    /// Takes all that wait now, acknowledged, and gives their bodies.
    List<String> drain(String queue) throws IOException, TimeoutException {
        var bodies = new ArrayList<String>();
        GetResponse next = helper().basicGet(queue, true);
        while (next != null) {
            bodies.add(text(next.getBody()));
            next = helper().basicGet(queue, true);
        }
        return bodies;
    }

    @Override
    public void close() throws IOException, TimeoutException {
        try {
            if (connections.stream().anyMatch(Connection::isOpen)) {
                for (String queue : queues) {
                    helper().queueDelete(queue);
                }
                for (String exchange : exchanges) {
                    helper().exchangeDelete(exchange);
                }
            }
        } finally {
            connections.forEach(Connection::abort);
        }
    }
}
