package io.millrace.amqp.session;

import io.millrace.amqp.mapping.AmqpFormat;
import io.millrace.broker.message.DeduplicationKey;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.Router;
import io.millrace.broker.routing.SeenMessages;
import io.millrace.broker.stream.TopicStreams;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A broker in memory behind the session's ports. Answers come when the test says so, or at once.
final class TestBroker implements TopologySource, TopologyChanges, Queues, DirectReplies, Memory, Occupancy {
    final ManualClock clock = new ManualClock();
    final Seen seen = new Seen();
    private final SeededRandomness randomness = new SeededRandomness(7);
    private final Map<TopicId, TestQueue> queues = new HashMap<>();
    private final Map<String, Consumer<Message>> replies = new HashMap<>();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final Deque<Publication> publications = new ArrayDeque<>();
    private TestTopology topology = new TestTopology();
    private boolean holdsPublications;
    private boolean scarce;
    private long arriving;
    private long arrivingMax = 1_000_000;
    private long underWay;
    private boolean crowded;
    private boolean diskFull;
    private boolean finishing = true;
    private boolean isKnown = true;
    private final List<Runnable> unknown = new ArrayList<>();
    private final Set<TopicId> away = new HashSet<>();
    private final Map<String, TopicId> topics = new TreeMap<>();
    private AmqpConfig config = AmqpConfig.DEFAULT;

    AmqpPorts ports() {
        return new AmqpPorts(
                this,
                this,
                this,
                new TopicStreams(() -> TestCatalog.of(topics), this),
                new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new AmqpFormat())),
                new Router(randomness, queue -> true, seen, 1000),
                this,
                (user, password) -> user.passwordHash().equals(new String(password, StandardCharsets.UTF_8)),
                this,
                this,
                clock,
                randomness,
                config,
                1,
                "test");
    }

    /// What de-duplicating exchanges remember.
    static final class Seen implements SeenMessages {
        final Set<DeduplicationKey> values = new HashSet<>();
        int asked;

        @Override
        public boolean isFirst(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value, long ttlMs) {
            asked++;
            return values.add(value);
        }

        @Override
        public void forget(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value) {
            values.remove(value);
        }
    }

    TestBroker with(AmqpConfig other) {
        config = other;
        return this;
    }

    /// A topic that a Kafka client has created.
    TestQueue topic(String name) {
        TopicId id = new TopicId(9, topics.size());
        topics.put(name, id);
        return queues.computeIfAbsent(id, _ -> new TestQueue(later::add));
    }

    /// The places that are taken.
    final Map<Place, Integer> taken = new HashMap<>();

    @Override
    public boolean enter(Place place, long most) {
        boolean fits = taken.getOrDefault(place, 0) < most;
        if (fits) {
            taken.merge(place, 1, Integer::sum);
        }
        return fits;
    }

    @Override
    public void leave(Place place) {
        taken.merge(place, -1, Integer::sum);
    }

    /// Puts a queue into the memory of another node that is out of reach.
    void away(String name) {
        topology = topology.movedTo(new QueueName(name), 2);
        away.add(topology.queue(new QueueName(name)).orElseThrow().id());
    }

    void scarce(boolean isScarce) {
        scarce = isScarce;
    }

    @Override
    public boolean isScarce() {
        return scarce;
    }

    @Override
    public boolean arriving(long bytes) {
        arriving += bytes;
        return arriving <= arrivingMax;
    }

    void arrivingMax(long bytes) {
        arrivingMax = bytes;
    }

    /// Octets of messages that are not complete.
    long arriving() {
        return arriving;
    }

    void diskFull(boolean isFull) {
        diskFull = isFull;
    }

    @Override
    public boolean isDiskFull() {
        return diskFull;
    }

    void finishing(boolean mayFinish) {
        finishing = mayFinish;
    }

    @Override
    public boolean mayFinish(Object connection) {
        return finishing;
    }

    @Override
    public void finished(Object connection) {}

    @Override
    public void underWay(long bytes) {
        underWay += bytes;
    }

    long underWay() {
        return underWay;
    }

    void crowded(boolean isCrowded) {
        crowded = isCrowded;
    }

    @Override
    public boolean isCrowded() {
        return crowded;
    }

    TestTopology current() {
        return topology;
    }

    void become(TestTopology next) {
        topology = next;
    }

    TestQueue queue(String name) {
        return queues.get(topology.queue(new QueueName(name)).orElseThrow().id());
    }

    /// From now on publications end when the test takes them.
    void holdPublications() {
        holdsPublications = true;
    }

    Publication takePublication() {
        return publications.remove();
    }

    Publication takeLastPublication() {
        return publications.removeLast();
    }

    void runReady() {
        for (Runnable turn = later.poll(); turn != null; turn = later.poll()) {
            turn.run();
        }
    }

    boolean runOne() {
        Runnable turn = later.poll();
        if (turn == null) {
            return false;
        }
        turn.run();
        return true;
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public void submit(TopologyChange change, Consumer<TopologyReply> reply) {
        later.add(() -> {
            if (change instanceof TopologyChange.DeclareQueue declare) {
                topology.queue(declare.queue().ref().name())
                        .filter(queue -> away.contains(queue.id()))
                        .ifPresent(queue ->
                                topology = topology.with(new TopologyChange.DeleteQueue(queue.ref(), queue.id()))
                                        .topology());
            }
            TestTopology.Changed changed = topology.with(change);
            topology.queuesFrom("").stream()
                    .filter(queue ->
                            changed.topology().queue(queue.ref().name()).isEmpty())
                    .forEach(queue -> gone(queue.id()));
            topology = changed.topology();
            topology.queuesFrom("")
                    .forEach(queue -> queues.computeIfAbsent(queue.id(), id -> new TestQueue(later::add)));
            reply.accept(changed.reply());
        });
    }

    /// Other nodes lag behind until the test says otherwise.
    void keepUnknown() {
        isKnown = false;
    }

    void makeKnown() {
        isKnown = true;
        unknown.forEach(later::add);
        unknown.clear();
        runReady();
    }

    @Override
    public void whenKnown(Runnable turn) {
        if (isKnown) {
            turn.run();
        } else {
            unknown.add(turn);
        }
    }

    private void gone(TopicId id) {
        TestQueue queue = queues.remove(id);
        if (queue != null) {
            queue.end();
        }
    }

    @Override
    public void publish(QueueView queue, Message message, Publication publication) {
        if (away.contains(queue.id())) {
            publication.ended(Publication.End.NOWHERE);
            return;
        }
        TestQueue target = queues.get(queue.id());
        if (target == null) {
            publication.ended(Publication.End.FAILED);
            return;
        }
        target.add(message);
        if (holdsPublications) {
            publications.add(publication);
        } else {
            publication.ended(Publication.End.STORED);
        }
    }

    @Override
    public Hold hold(QueueView queue) {
        TestQueue target = queues.get(queue.id());
        return (target == null ? new TestQueue(later::add) : target).open();
    }

    @Override
    public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
        if (away.contains(queue.id())) {
            later.add(() -> reply.accept(new CountsReply(QueueOutcome.UNAVAILABLE, 0, 0, 0)));
            return;
        }
        TestQueue target = queues.get(queue.id());
        later.add(() -> reply.accept(
                target == null
                        ? new CountsReply(QueueOutcome.GONE, 0, 0, 0)
                        : new CountsReply(QueueOutcome.DONE, target.ready(), target.unsettled(), target.consumers())));
    }

    @Override
    public void purge(QueueView queue, Consumer<CountsReply> reply) {
        TestQueue target = queues.get(queue.id());
        later.add(() -> reply.accept(
                target == null
                        ? new CountsReply(QueueOutcome.GONE, 0, 0, 0)
                        : new CountsReply(QueueOutcome.DONE, target.purge(), 0, 0)));
    }

    @Override
    public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        later.add(() -> {
            TestQueue target = queues.get(queue.id());
            if (target == null) {
                reply.accept(new CountsReply(QueueOutcome.GONE, 0, 0, 0));
            } else if (ifUnused && target.consumers() > 0) {
                reply.accept(new CountsReply(QueueOutcome.IN_USE, 0, 0, 0));
            } else if (ifEmpty && target.ready() > 0) {
                reply.accept(new CountsReply(QueueOutcome.NOT_EMPTY, 0, 0, 0));
            } else {
                topology = topology.with(new TopologyChange.DeleteQueue(queue.ref(), queue.id()))
                        .topology();
                gone(queue.id());
                reply.accept(new CountsReply(QueueOutcome.DONE, target.ready(), 0, 0));
            }
        });
    }

    @Override
    public void open(String name, Consumer<Message> consumer) {
        replies.put(name, consumer);
    }

    @Override
    public void close(String name) {
        replies.remove(name);
    }

    @Override
    public boolean isOpen(String name) {
        return replies.containsKey(name);
    }

    @Override
    public boolean send(String name, Message message) {
        Consumer<Message> consumer = replies.get(name);
        if (consumer == null) {
            return false;
        }
        later.add(() -> consumer.accept(message));
        return true;
    }
}
