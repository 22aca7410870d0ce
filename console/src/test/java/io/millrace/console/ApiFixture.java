package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.HostedQueue;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueTraffic;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.routing.ExchangeTraffic;
import io.millrace.broker.routing.ExchangeTraffic.Exchange;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.PasswordHash;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.UserView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ManagementPorts;
import io.millrace.console.port.NodeSummary;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.QueueTallies;
import io.millrace.console.port.Tallies;
import io.millrace.console.port.Totals;
import io.millrace.console.resource.OwnSummary;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.ApiRequest;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The API over virtual hosts in memory, with queues that are lists.
final class ApiFixture {
    static final String TOPIC = "orders-topic";

    static final String GUEST = "guest:guest";

    final TestNode node = new TestNode();
    private final SeededRandomness randomness = new SeededRandomness(1);
    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final Map<TopicId, Deque<Message>> messages = new HashMap<>();
    private final Router router = new Router(randomness, queue -> true, 0);
    private final Tallies before = Tallies.none(1, clock.monotonicMs() - 2_000);
    private final ManagementApi api;
    private final List<ConnectionsView.ConnectionRow> connected = new ArrayList<>();
    private final Nodes cluster = new Nodes();
    private final List<NodeSummary> others = new ArrayList<>();
    final List<String> closed = new ArrayList<>();

    ApiFixture() {
        node.change(new TopologyChange.PutVhost(new VhostName("/"), Arguments.NONE));
        user("guest", "administrator");
        allow("/", "guest");
        QueueAccess queues = new QueueAccess(loop, new ListQueues(), router, this::topic);
        QueueTallies held = reply -> reply.accept(tallies());
        Connections connections = new Connections();
        OwnSummary own = new OwnSummary(() -> node, queues, held, cluster, connections, Runnable::run);
        api = new ManagementApi(new ManagementPorts(
                () -> node,
                (change, reply) -> reply.accept(node.change(change)),
                queues,
                held,
                cluster,
                connections,
                reply -> own.latest(answered -> {
                    List<NodeSummary> all = new ArrayList<>(answered);
                    all.addAll(others);
                    reply.accept(all);
                }),
                clock,
                randomness,
                1,
                "1.2.3"));
    }

    /// With a password like the name.
    void user(String name, String... tags) {
        node.change(new TopologyChange.PutUser(
                new UserView(name, PasswordHash.sha256(name, randomness), PasswordHash.SHA256, List.of(tags))));
    }

    void allow(String vhost, String user) {
        node.change(new TopologyChange.PutPermission(new VhostName(vhost), new PermissionView(user, ".*", ".*", ".*")));
    }

    void connect(String name, String user) {
        connected.add(new ConnectionsView.ConnectionRow(
                name,
                "millrace@1",
                user,
                VhostName.HOME,
                "running",
                "AMQP 0-9-1",
                "PLAIN",
                "127.0.0.1",
                5672,
                "127.0.0.1",
                40_000,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Arguments.NONE));
    }

    /// Another node, which answers when it has numbers.
    void join(String name, Optional<Totals> totals) {
        cluster.names.add(name);
        totals.ifPresent(numbers -> others.add(
                new NodeSummary(new ClusterView.NodeRow(name, true, Optional.empty()), List.of(), 5, 6, 7, numbers)));
    }

    private final class Connections implements ConnectionsView {
        @Override
        public void ask(Wanted wanted, Consumer<Connected> reply) {
            reply.accept(wanted.of(new Connected(connected, List.of(), List.of())));
        }

        @Override
        public void close(ConnectionRow connection, String reason) {
            closed.add(connection.name());
        }
    }

    private Tallies tallies() {
        Map<TopicId, HostedQueue> hosted = new HashMap<>();
        messages.forEach((id, held) -> hosted.put(
                id,
                new HostedQueue(
                        new QueueCounts(held.size(), 0, 0, 0, 0, 0, 0, 0),
                        new QueueTraffic(held.size(), 0, 0, 0, 0, 0, 0))));
        Map<Exchange, ExchangeTraffic.Counts> exchanges = new HashMap<>();
        router.traffic().addTo(exchanges);
        return new Tallies(1, clock.monotonicMs(), hosted, QueueTraffic.NONE, Map.of(), exchanges, Optional.of(before));
    }

    /// An answer with its body as JSON.
    record Answer(int status, Map<String, String> headers, JsonNode json) {}

    Answer get(String path) {
        return call("GET", path, "");
    }

    Answer call(String method, String path, String body) {
        return callAs(GUEST, true, method, path, body);
    }

    /// As a node does at its start.
    int load(String export) {
        List<ApiAnswer> answers = new ArrayList<>();
        api.load(export.getBytes(StandardCharsets.UTF_8), Runnable::run, answers::add);
        loop.runReady();
        return answers.getFirst().status();
    }

    Answer callAs(String login, boolean fromLoopback, String method, String path, String body) {
        Optional<String> authorization = login.isEmpty()
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        List<ApiAnswer> answers = new ArrayList<>();
        api.answer(
                new ApiRequest(
                        method,
                        "/api" + path,
                        authorization,
                        Optional.empty(),
                        fromLoopback,
                        body.getBytes(StandardCharsets.UTF_8)),
                Runnable::run,
                answers::add);
        loop.runReady();
        assertThat(answers).hasSize(1);
        ApiAnswer answer = answers.getFirst();
        try {
            return new Answer(answer.status(), answer.headers(), new ObjectMapper().readTree(answer.body()));
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    /// Keeps messages in lists; what is got and not settled stays where it was.
    /// A topic is a queue of a name that no queue has.
    private Optional<QueueView> topic(VhostName vhost, QueueName name) {
        QueueRef ref = new QueueRef(VhostName.HOME, name);
        QueueSpec spec = new QueueSpec(ref, QueueType.STREAM, true, false, false, Arguments.NONE);
        TopicId id = new TopicId(9, 9);
        return vhost.equals(VhostName.HOME) && name.value().equals(TOPIC)
                ? Optional.of(new QueueView(
                        spec, id, new QueueView.Home.OnLog(TOPIC, id), Optional.empty(), EffectivePolicy.NONE))
                : Optional.empty();
    }

    /// What was published to the topic.
    int published() {
        return messages.getOrDefault(new TopicId(9, 9), new ArrayDeque<>()).size();
    }

    private final class ListQueues implements Queues {
        private Deque<Message> of(QueueView queue) {
            return messages.computeIfAbsent(queue.id(), _ -> new ArrayDeque<>());
        }

        @Override
        public void publish(QueueView queue, Message message, Publication publication) {
            of(queue).add(message);
            publication.ended(Publication.End.STORED);
        }

        @Override
        public Hold hold(QueueView queue) {
            return new ListHold(of(queue));
        }

        @Override
        public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
            throw new AssertionError("nobody asks a queue by itself");
        }

        @Override
        public void purge(QueueView queue, Consumer<CountsReply> reply) {
            of(queue).clear();
            reply.accept(new CountsReply(QueueOutcome.DONE, 0, 0, 0));
        }

        @Override
        public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            if (ifEmpty && !of(queue).isEmpty()) {
                reply.accept(new CountsReply(QueueOutcome.NOT_EMPTY, 0, 0, 0));
                return;
            }
            node.change(new TopologyChange.DeleteQueue(queue.ref(), queue.id()));
            reply.accept(new CountsReply(QueueOutcome.DONE, 0, 0, 0));
        }
    }

    private static final class ListHold implements Hold {
        private final Deque<Message> queue;
        private final Map<Long, Message> taken = new HashMap<>();
        private long next;

        ListHold(Deque<Message> queue) {
            this.queue = queue;
        }

        @Override
        public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
            throw new AssertionError("the API does not consume");
        }

        @Override
        public void cancel(String consumerTag, Runnable reply) {
            throw new AssertionError("the API does not consume");
        }

        @Override
        public void get(boolean autoAck, GetReply reply) {
            Message message = queue.poll();
            if (message == null) {
                reply.got(QueueOutcome.DONE, null, 0);
                return;
            }
            if (!autoAck) {
                taken.put(next, message);
            }
            reply.got(QueueOutcome.DONE, new Delivery(next++, message, false, 0), queue.size());
        }

        @Override
        public void settle(long[] offsets, int count, Settlement settlement) {
            for (int at = count - 1; at >= 0; at--) {
                Message message = taken.remove(offsets[at]);
                if (settlement == Settlement.REQUEUE) {
                    queue.addFirst(message);
                }
            }
        }

        @Override
        public void limit(int unsettled) {
            throw new AssertionError("the API does not consume");
        }

        @Override
        public void pause(boolean paused) {
            throw new AssertionError("the API does not consume");
        }

        @Override
        public void close() {
            assertThat(taken).isEmpty();
        }
    }

    private static final class Nodes implements ClusterView {
        private final List<String> names = new ArrayList<>();

        @Override
        public String clusterName() {
            return "test";
        }

        @Override
        public NodeRow self() {
            return new NodeRow("millrace@1", true, Optional.of(new Vitals(1, 2, 3, 4, 5, false, 6, false, 7, 8)));
        }

        @Override
        public List<NodeRow> nodes() {
            List<NodeRow> all = new ArrayList<>(List.of(self()));
            names.forEach(name -> all.add(new NodeRow(name, true, Optional.empty())));
            return all;
        }

        @Override
        public List<AlarmRow> alarms() {
            return List.of();
        }

        @Override
        public Optional<String> home(QueueView queue) {
            return Optional.of("millrace@1");
        }

        @Override
        public List<ListenerRow> listeners() {
            return List.of(new ListenerRow("amqp", "127.0.0.1", 5672));
        }

        @Override
        public String notReady() {
            return "";
        }
    }
}
