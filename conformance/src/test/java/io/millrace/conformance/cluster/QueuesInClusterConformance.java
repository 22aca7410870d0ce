package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.NetworkConnection;
import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import io.millrace.conformance.Skip;
import io.millrace.conformance.amqp.MovesInTransactions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// RabbitMQ's clients on a node that has none of the queues they use.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QueuesInClusterConformance {
    private static final int CLIENTS_AT = 1;
    private static final Map<String, Object> QUORUM =
            Map.of("x-queue-type", "quorum", "x-queue-leader-locator", "random");

    private WithAmqp software;
    private ClusterUnderTest cluster;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("Kafka speaks no AMQP");
        }
        software = WithAmqp.of(ClusterUnderTest.software());
        cluster = ClusterUnderTest.start(software);
    }

    @AfterAll
    void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    /// A connection that may be closed already when the test ends.
    record Client(Connection connection) implements AutoCloseable {
        Channel channel() throws IOException {
            return connection.createChannel();
        }

        @Override
        public void close() {
            connection.abort();
        }
    }

    private Client connect(int node) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        return new Client(software.connect(factory, node));
    }

    /// A durable queue with three replicas that this node leads.
    private String queueLedBy(int node, Channel channel) throws IOException {
        while (true) {
            String queue = "q" + UUID.randomUUID();
            channel.queueDeclare(queue, true, false, false, QUORUM);
            if (cluster.leader("queue." + queue, 0).id() == node) {
                return queue;
            }
            channel.queueDelete(queue);
        }
    }

    @Test
    void nothingConfirmedIsLostWhenLeadersDieOrLeave() throws Exception {
        try (Client here = connect(CLIENTS_AT)) {
            Channel channel = here.channel();
            try (var killed = new QueueFlow(here.connection(), queueLedBy(2, channel));
                    var left = new QueueFlow(here.connection(), queueLedBy(3, channel))) {
                killed.awaitMore(300);
                left.awaitMore(300);

                NodeProcess second = cluster.nodes().node(2);
                killed.forgetGaps();
                cluster.kill9(second);
                killed.awaitMore(300);
                left.awaitMore(300);
                System.err.println("queues in a cluster: " + killed.longestGapMs()
                        + " ms without a confirm when the leader was killed, " + left.longestGapMs()
                        + " ms in a queue of the other one");
                cluster.restart(second);
                cluster.awaitInSync("queue." + killed.queue());
                cluster.awaitInSync("queue." + left.queue());

                NodeProcess third = cluster.nodes().node(3);
                left.forgetGaps();
                cluster.stop(third);
                killed.awaitMore(300);
                left.awaitMore(300);
                System.err.println(
                        "queues in a cluster: " + left.longestGapMs() + " ms without a confirm when the leader left");
                cluster.restart(third);
                cluster.awaitInSync("queue." + left.queue());

                killed.end();
                left.end();
                channel.queueDelete(killed.queue());
                channel.queueDelete(left.queue());
            }
        }
    }

    /// Two nodes lose each other and both reach the controller, so that nobody is fenced.
    @Test
    void aMajorityGoesOnWhenTwoNodesLoseEachOther() throws Exception {
        int between = cluster.controller().id();
        int leader = between % ClusterUnderTest.NODES + 1;
        int other = leader % ClusterUnderTest.NODES + 1;
        try (Client here = connect(between)) {
            Channel channel = here.channel();
            try (var flow = new QueueFlow(here.connection(), queueLedBy(leader, channel))) {
                flow.awaitMore(300);

                flow.forgetGaps();
                cluster.links().cut(leader, other);
                cluster.links().cut(other, leader);
                cluster.awaitLeft("queue." + flow.queue());
                flow.awaitMore(300);
                System.err.println("queues in a cluster: " + flow.longestGapMs()
                        + " ms without a confirm when a follower was cut off from the leader");
                assertThat(flow.longestGapMs()).isLessThan(20_000);

                cluster.links().heal();
                cluster.awaitInSync("queue." + flow.queue());
                flow.end();
                channel.queueDelete(flow.queue());
            }
        }
    }

    @Test
    void transactionsAreWholeWhenTheLeaderOfAQueueDies() throws Exception {
        try (Client here = connect(CLIENTS_AT)) {
            Channel channel = here.channel();
            String one = queueLedBy(2, channel);
            var moves = new MovesInTransactions(queueLedBy(3, channel), one, queueLedBy(3, channel));
            moves.fill(here.connection());
            Thread moving;
            try (Client mover = connect(CLIENTS_AT)) {
                moving = moves.run(mover.connection());
                moves.awaitMore(30);
                NodeProcess second = cluster.nodes().node(2);
                cluster.kill9(second);
                moves.awaitMore(30);
                cluster.restart(second);
                cluster.awaitInSync("queue." + one);
            }
            moving.join();

            moves.assertWhole(here.connection());
        }
    }

    @Test
    void repliesFindTheirWayFromNodeToNode() throws Exception {
        try (Client asking = connect(1);
                Client answering = connect(2);
                Client stranger = connect(3)) {
            Channel server = answering.channel();
            String questions = queueLedBy(3, server);
            server.basicConsume(questions, true, new DefaultConsumer(server) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                        throws IOException {
                    var reply = new AMQP.BasicProperties.Builder()
                            .correlationId(properties.getCorrelationId())
                            .build();
                    server.basicPublish("", properties.getReplyTo(), reply, body);
                }
            });
            Channel direct = asking.channel();
            try (var rpc = new RpcClient(new RpcClientParams()
                    .channel(direct)
                    .exchange("")
                    .routingKey(questions)
                    .replyTo("amq.rabbitmq.reply-to")
                    .timeout(20_000))) {
                for (int i = 0; i < 100; i++) {
                    assertThat(text(rpc.primitiveCall(bytes("d" + i)))).isEqualTo("d" + i);
                }
            }
            Channel client = asking.channel();
            String replies =
                    client.queueDeclare("", false, true, true, Map.of()).getQueue();
            try (var rpc = new RpcClient(new RpcClientParams()
                    .channel(client)
                    .exchange("")
                    .routingKey(questions)
                    .replyTo(replies)
                    .timeout(20_000))) {
                for (int i = 0; i < 100; i++) {
                    assertThat(text(rpc.primitiveCall(bytes("" + i)))).isEqualTo("" + i);
                }
                assertThat(refusal(() -> stranger.channel().basicGet(replies, true)))
                        .startsWith("RESOURCE_LOCKED - cannot obtain exclusive access to locked queue");
            }

            asking.connection().abort();
            ClusterUnderTest.await(
                    "the reply queue gone with its connection",
                    () -> refusal(() -> stranger.channel().queueDeclarePassive(replies))
                            .startsWith("NOT_FOUND"));
            server.queueDelete(questions);
        }
    }

    @Test
    void consumersHearWhenAQueueInMemoryGoesWithItsNode() throws Exception {
        NodeProcess home = cluster.nodes().node(2);
        try (Client here = connect(CLIENTS_AT);
                Client there = connect(2)) {
            String queue = "m" + UUID.randomUUID();
            there.channel().queueDeclare(queue, false, false, false, Map.of());
            Channel channel = here.channel();
            var received = new CompletableFuture<String>();
            var cancelled = new CompletableFuture<String>();
            channel.basicConsume(queue, true, new DefaultConsumer(channel) {
                @Override
                public void handleDelivery(
                        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                    received.complete(text(body));
                }

                @Override
                public void handleCancel(String tag) {
                    cancelled.complete(tag);
                }
            });
            channel.confirmSelect();
            channel.basicPublish("", queue, MessageProperties.MINIMAL_BASIC, bytes("m"));
            channel.waitForConfirmsOrDie(20_000);
            ClusterUnderTest.await("the message", received::isDone);

            cluster.kill9(home);
            ClusterUnderTest.await("basic.cancel", cancelled::isDone);
            channel.queueDeclare(queue, false, false, false, Map.of());
            channel.basicPublish("", queue, MessageProperties.MINIMAL_BASIC, bytes("again"));
            channel.waitForConfirmsOrDie(20_000);
            cluster.restart(home);
            cluster.nodes().awaitAll(Duration.ofSeconds(60));
            assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("again");
        }
    }

    /// What is checked is written in `conformance/peers/amqp-python/pika_client.py`.
    @Test
    void pikaUsesAQueueOfAnotherNode() throws Exception {
        InstalledClients.file("/usr/lib/python3/dist-packages/pika");
        String client =
                Repository.file("conformance/peers/amqp-python/pika_client.py").toString();
        try (Client here = connect(CLIENTS_AT)) {
            Channel channel = here.channel();
            String queue = queueLedBy(3, channel);
            Programs.run(
                            Duration.ofSeconds(60),
                            List.of(
                                    "/usr/bin/python3",
                                    client,
                                    "amqp://guest:guest@127.0.0.1:" + software.port(CLIENTS_AT) + "/%2F",
                                    "given_queue",
                                    queue))
                    .ok();
            channel.queueDelete(queue);
        }
    }

    @Test
    void anyNodeTellsOfAllConnections() throws Exception {
        try (Client first = connect(1);
                Client third = connect(3)) {
            Channel channel = first.channel();
            String queue = queueLedBy(2, channel);
            channel.basicConsume(queue, true, "of-1", new DefaultConsumer(channel));
            Channel other = third.channel();
            other.basicConsume(queue, true, "of-3", new DefaultConsumer(other));

            for (int node = 1; node <= ClusterUnderTest.NODES; node++) {
                int asked = node;
                ClusterUnderTest.await("both consumers at node " + node, () -> {
                    String shown = managed("GET", asked, "/queues/%2F/" + queue);
                    return shown.contains("\"of-1\"") && shown.contains("\"of-3\"");
                });
                ClusterUnderTest.await("both connections at node " + node, () -> {
                    String shown = managed("GET", asked, "/connections?columns=node");
                    return shown.contains("millrace@1") && shown.contains("millrace@3");
                });
            }
            String name = "127.0.0.1:" + ((NetworkConnection) third.connection()).getLocalPort() + " -> 127.0.0.1:"
                    + software.port(3);
            managed(
                    "DELETE",
                    1,
                    "/connections/"
                            + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"));
            ClusterUnderTest.await("it is closed", () -> !third.connection().isOpen());
            assertThat(first.connection().isOpen()).isTrue();
            channel.queueDelete(queue);
        }
    }

    /// What the management API of a node answers.
    private String managed(String method, int node, String path) throws IOException, InterruptedException {
        String address = cluster.nodes().node(node).place().managementAddress();
        String login = Base64.getEncoder().encodeToString(bytes("guest:guest"));
        var request = HttpRequest.newBuilder(URI.create("http://" + address + "/api" + path))
                .header("Authorization", "Basic " + login)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private interface Deed {
        void run() throws IOException;
    }

    /// The text by which the broker refuses; empty when it does not.
    private static String refusal(Deed deed) throws IOException {
        try {
            deed.run();
            return "";
        } catch (IOException refused) {
            if (refused.getCause() instanceof ShutdownSignalException closed
                    && closed.getReason() instanceof AMQP.Channel.Close close) {
                return Optional.ofNullable(close.getReplyText()).orElse("");
            }
            throw refused;
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
