package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.AMQConnection;
import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.InstalledClients;
import io.millrace.conformance.Ports;
import io.millrace.conformance.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Debian's `rabbitmqadmin` (RabbitMQ 3.10) through all its subcommands.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RabbitAdminConformance {
    private final int amqpPort = Ports.free();
    private final int port = Ports.free();

    @TempDir
    private Path folder;

    private BrokerUnderTest broker;
    private String program;

    @BeforeAll
    void start() {
        program = InstalledClients.program("rabbitmqadmin");
        broker = BrokerUnderTest.prepareMillrace(
                "listeners.amqp=127.0.0.1:" + amqpPort, "listeners.management=127.0.0.1:" + port);
        broker.restart();
        RawAmqp.awaitAnswer(amqpPort);
    }

    @AfterAll
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    private Finished run(String... words) {
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/python3", program, "-H", "127.0.0.1", "-P", Integer.toString(port)));
        command.addAll(List.of(words));
        return Programs.run(Duration.ofSeconds(60), command);
    }

    /// The lines of a list, without frames.
    private List<String> list(String what, String... columns) {
        List<String> words = new ArrayList<>(List.of("-f", "tsv", "list", what));
        words.addAll(List.of(columns));
        return run(words.toArray(String[]::new)).ok().lines();
    }

    private void done(String... words) {
        assertThat(run(words).ok().out()).isNotEmpty();
    }

    @Test
    void everyListIsShown() {
        for (String what : List.of(
                "connections",
                "channels",
                "consumers",
                "exchanges",
                "queues",
                "bindings",
                "users",
                "vhosts",
                "permissions",
                "nodes",
                "parameters",
                "policies",
                "operator_policies",
                "vhost_limits")) {
            run("list", what).ok();
        }
        assertThat(list("exchanges", "name", "type")).contains("amq.topic\ttopic");
        assertThat(run("show", "overview").ok().out()).contains("3.13.7");
        assertThat(run("-f", "raw_json", "show", "overview").ok().out()).contains("\"queue_totals\"");
    }

    @Test
    void objectsAreDeclaredAndDeleted() {
        done("declare", "exchange", "name=ex", "type=topic", "auto_delete=false", "durable=true");
        done("declare", "queue", "name=qu", "durable=true", "arguments={\"x-max-length\":10}");
        done("declare", "queue", "name=quorum", "queue_type=quorum");
        done("declare", "binding", "source=ex", "destination=qu", "routing_key=a.#");
        done("declare", "binding", "source=ex", "destination=amq.fanout", "destination_type=exchange");
        done("declare", "policy", "name=po", "pattern=^qu$", "definition={\"message-ttl\":60000}", "apply-to=queues");
        done("declare", "operator_policy", "name=op", "pattern=^qu$", "definition={\"max-length\":5}", "priority=2");

        assertThat(list("queues", "name", "durable", "type")).contains("qu\tTrue\tclassic", "quorum\tTrue\tquorum");
        assertThat(run("-f", "raw_json", "list", "queues", "name", "policy", "operator_policy")
                        .ok()
                        .out())
                .contains("\"policy\":\"po\"", "\"operator_policy\":\"op\"");
        assertThat(list("bindings", "source", "destination", "routing_key"))
                .contains("ex\tqu\ta.#", "ex\tamq.fanout\t");
        assertThat(list("policies", "name", "apply-to")).contains("po\tqueues");
        assertThat(run("declare", "queue", "name=qu", "durable=false").exit()).isNotZero();

        done("delete", "binding", "source=ex", "destination_type=queue", "destination=qu", "properties_key=a.%23");
        assertThat(list("bindings", "source", "destination", "routing_key")).doesNotContain("ex\tqu\ta.#");
        done("delete", "policy", "name=po");
        done("delete", "operator_policy", "name=op");
        done("delete", "queue", "name=qu");
        done("delete", "queue", "name=quorum");
        done("delete", "exchange", "name=ex");
        assertThat(list("queues", "name")).doesNotContain("qu", "quorum");
        assertThat(run("delete", "queue", "name=qu").exit()).isNotZero();
    }

    @Test
    void accountsAreDeclaredAndDeleted() {
        done("declare", "vhost", "name=shop");
        done("declare", "user", "name=clerk", "password=secret", "tags=management");
        done("declare", "permission", "vhost=shop", "user=clerk", "configure=.*", "write=.*", "read=.*");
        done("declare", "vhost_limit", "vhost=shop", "name=max-queues", "value=1");
        done("-V", "shop", "declare", "parameter", "component=vhost-limits", "name=limits", "value={\"max-queues\":2}");

        assertThat(list("vhosts", "name")).contains("shop");
        assertThat(list("permissions", "vhost", "user")).contains("shop\tclerk");
        assertThat(run("list", "vhost_limits").ok().out()).contains("max-queues");
        for (String queue : List.of("one", "two")) {
            done("-V", "shop", "-u", "clerk", "-p", "secret", "declare", "queue", "name=" + queue);
        }
        assertThat(run("-V", "shop", "-u", "clerk", "-p", "secret", "declare", "queue", "name=three")
                        .exit())
                .isNotZero();
        assertThat(run("-u", "clerk", "-p", "wrong", "list", "queues").err()).contains("Access refused");

        done("-V", "shop", "delete", "parameter", "component=vhost-limits", "name=limits");
        done("delete", "permission", "vhost=shop", "user=clerk");
        done("delete", "user", "name=clerk");
        done("delete", "vhost", "name=shop");
        assertThat(list("users", "name")).doesNotContain("clerk");
    }

    @Test
    void messagesGoInAndComeOut() throws IOException {
        done("declare", "queue", "name=box");
        done("publish", "routing_key=box", "payload=hello", "properties={\"delivery_mode\":2,\"headers\":{\"n\":1}}");
        done("publish", "routing_key=box", "exchange=amq.default", "payload=AP8=", "payload_encoding=base64");
        assertThat(run("publish", "routing_key=nowhere", "payload=lost").out()).contains("NOT routed");

        assertThat(run("get", "queue=box", "count=2", "ackmode=ack_requeue_true")
                        .ok()
                        .out())
                .contains("hello", "AP8=");
        Path payload = folder.resolve("payload");
        done("get", "queue=box", "ackmode=ack_requeue_false", "payload_file=" + payload);
        assertThat(Files.readString(payload)).isEqualTo("hello");
        done("purge", "queue", "name=box");
        assertThat(run("get", "queue=box").ok().out()).contains("No items");
        done("delete", "queue", "name=box");
    }

    @Test
    void whatIsExportedComesBack() throws IOException {
        done("declare", "vhost", "name=moved");
        done("-V", "moved", "declare", "exchange", "name=from", "type=headers");
        done("-V", "moved", "declare", "queue", "name=to");
        done("-V", "moved", "declare", "binding", "source=from", "destination=to", "arguments={\"x-match\":\"any\"}");
        Path file = folder.resolve("export.json");
        done("export", file.toString());
        String before = Files.readString(file);
        done("delete", "vhost", "name=moved");

        done("import", file.toString());

        Path again = folder.resolve("again.json");
        done("export", again.toString());
        assertThat(Files.readString(again)).isEqualTo(before);
        done("delete", "vhost", "name=moved");
    }

    @Test
    void whatWaitsIsCountedAfterARestart() {
        done("declare", "queue", "name=kept", "durable=true");
        done("publish", "routing_key=kept", "payload=hello", "properties={\"delivery_mode\":2}");
        broker.stop();
        broker.restart();
        RawAmqp.awaitAnswer(amqpPort);
        assertThat(list("queues", "name", "messages")).contains("kept\t1");
        done("delete", "queue", "name=kept");
    }

    /// Who is connected is listed, and a connection is closed with RabbitMQ's words.
    @Test
    void connectionsAreListedAndClosed() throws Exception {
        try (var clients = new AmqpClients(AmqpAddress.guestAt(amqpPort))) {
            Connection connection = clients.connect();
            CompletableFuture<ShutdownSignalException> ended = new CompletableFuture<>();
            connection.addShutdownListener(ended::complete);
            Channel channel = connection.createChannel();
            channel.basicQos(7);
            channel.queueDeclare("listened", false, false, false, null);
            channel.basicConsume("listened", false, "listener", (_, _) -> {}, _ -> {});

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(list("consumers", "queue.name", "consumer_tag", "ack_required"))
                            .contains("listened\tlistener\tTrue"));
            assertThat(list("channels", "number", "prefetch_count", "consumer_count", "user"))
                    .contains("1\t7\t1\tguest");
            List<String> names = list("connections", "name", "user", "protocol", "state").stream()
                    .filter(line -> line.contains("guest\tAMQP 0-9-1\trunning"))
                    .map(line -> line.split("\t", -1)[0])
                    .filter(name -> name.startsWith("127.0.0.1:" + ((AMQConnection) connection).getLocalPort()))
                    .toList();
            assertThat(names).hasSize(1);
            done("close", "connection", "name=" + names.getFirst());

            Object reason = ended.get(60, TimeUnit.SECONDS).getReason();
            assertThat(reason)
                    .isInstanceOfSatisfying(
                            AMQP.Connection.Close.class,
                            close -> assertThat(close.getReplyCode() + " " + close.getReplyText())
                                    .isEqualTo("320 CONNECTION_FORCED - Closed via management plugin"));
            clients.helper().queueDelete("listened");
        }
    }

    /// What clients publish, get delivered and acknowledge is counted.
    @Test
    void trafficIsCounted() throws Exception {
        try (var clients = new AmqpClients(AmqpAddress.guestAt(amqpPort))) {
            Channel channel = clients.helper();
            channel.queueDeclare("counted", false, false, false, null);
            channel.basicConsume(
                    "counted",
                    false,
                    (_, delivery) -> {
                        long tag = delivery.getEnvelope().getDeliveryTag();
                        if (delivery.getEnvelope().isRedeliver()) {
                            channel.basicAck(tag, false);
                        } else {
                            channel.basicReject(tag, true);
                        }
                    },
                    _ -> {});
            for (int message = 0; message < 5; message++) {
                channel.basicPublish("", "counted", PLAIN, bytes("m" + message));
            }
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(list(
                                    "queues",
                                    "name",
                                    "messages",
                                    "message_stats.publish",
                                    "message_stats.deliver",
                                    "message_stats.redeliver",
                                    "message_stats.ack"))
                            .contains("counted\t0\t5\t10\t5\t5"));
            channel.queueDelete("counted");
        }
    }
}
