package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.Router;
import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.routing.SeenMessages;
import io.millrace.broker.routing.SeenValues;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Where dead letters go and what becomes of them.
class DeadLetterRouterTest {
    private static final VhostName VHOST = new VhostName("/");

    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final Map<String, QueueView> queues = new TreeMap<>();
    private final Map<String, QueueView> topics = new TreeMap<>();
    private final List<String> published = new ArrayList<>();
    private final Deque<Publication.End> ends = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final List<String> unfit = new ArrayList<>();
    private byte[] body = new byte[1];
    private @Nullable QueueView last;
    private boolean keepsQuiet;
    private Set<Target> only = Set.of();
    private Arguments lastHeaders = Arguments.NONE;
    private RoutingTable routing = RoutingTable.empty(VHOST);

    private final DeadLetterRouter router = new DeadLetterRouter(
            clock,
            this::world,
            new Router(new SeededRandomness(1), queue -> true, new Seen(), 0),
            new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new Remembering())),
            (_, name) -> Optional.ofNullable(topics.get(name.value())),
            Sink::new,
            new Events());

    private final class Events implements QueueEvents {
        @Override
        public void lost(TopicPartition log, long first, long end, long messages) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void unfit(QueueRef from, Target target) {
            unfit.add(from.name() + " to " + target);
        }
    }

    /// Properties are the number of a table of headers.
    private final List<Arguments> tables = new ArrayList<>(List.of(Arguments.NONE));

    /// By one exchange.
    private static final class Seen implements SeenMessages {
        private final SeenValues values = new SeenValues();

        @Override
        public boolean isFirst(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value, long ttlMs) {
            return values.isFirst(value, ttlMs, 0, exchange.cacheSize());
        }

        @Override
        public void forget(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value) {
            values.forget(value);
        }
    }

    private final class Remembering implements MessageFormat {
        @Override
        public Arguments headers(byte[] properties) {
            return tables.get(properties[0]);
        }

        @Override
        public Traits traits(byte[] properties) {
            return Traits.PLAIN;
        }

        @Override
        public byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration) {
            assertThat(dropExpiration).isEqualTo(!headers.entries().containsKey("x-delay"));
            tables.add(headers);
            lastHeaders = headers;
            return new byte[] {(byte) (tables.size() - 1)};
        }

        @Override
        public Optional<String> property(byte[] properties, String name) {
            return Optional.empty();
        }
    }

    /// One virtual host of which only routing and queues are asked.
    private Topology world() {
        VhostView vhost = answering(VhostView.class, (asked, arguments) -> switch (asked) {
            case "name" -> VHOST;
            case "routing" -> routing;
            case "queue", "anyQueue" -> Optional.ofNullable(queues.get(((QueueName) arguments[0]).value()));
            default -> throw new UnsupportedOperationException(asked);
        });
        return answering(Topology.class, (asked, arguments) -> {
            assertThat(asked).isEqualTo("vhost");
            return Optional.of(vhost);
        });
    }

    private interface Answers {
        Object answer(String asked, Object[] arguments);
    }

    private static <T> T answering(Class<T> port, Answers answers) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (self, method, arguments) ->
                        answers.answer(method.getName(), arguments == null ? new Object[0] : arguments)));
    }

    private final class Sink implements Queues {
        @Override
        public void publish(QueueView queue, Message message, Publication publication) {
            last = queue;
            published.add(queue.ref().name() + " by '" + message.exchange() + "' " + message.routingKey());
            Publication.End end = ends.poll();
            if (!keepsQuiet) {
                publication.ended(end == null ? Publication.End.STORED : end);
            }
        }

        @Override
        public Hold hold(QueueView queue) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void purge(QueueView queue, Consumer<CountsReply> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            throw new UnsupportedOperationException();
        }
    }

    private QueueView queue(String name, Arguments arguments) {
        return queue(name, QueueType.CLASSIC, arguments);
    }

    private QueueView queue(String name, QueueType type, Arguments arguments) {
        var ref = new QueueRef(VHOST, new QueueName(name));
        var view = new QueueView(
                new QueueSpec(ref, type, false, false, false, arguments),
                new TopicId(1, queues.size()),
                new QueueView.Home.InMemory(1, 1),
                Optional.empty(),
                EffectivePolicy.NONE);
        queues.put(name, view);
        routing = routing.with(new RoutingDelta.QueueDeclared(new QueueName(name)));
        return view;
    }

    private static Arguments to(String exchange) {
        return Arguments.of("x-dead-letter-exchange", ArgumentValue.text(exchange));
    }

    private void send(QueueView from, int headers, Reason reason) {
        var message =
                new Message(FormatId.AMQP_0_9_1, "ex", from.ref().name().value(), new byte[] {(byte) headers}, body, 1);
        loop.call(() -> {
            router.send(from, message, reason, only, left -> done.add(left.isEmpty() ? "done" : "left " + names(left)));
            return this;
        });
    }

    private static List<String> names(Set<Target> targets) {
        return targets.stream()
                .map(target -> switch (target) {
                    case ToQueue(QueueName queue) -> queue.value();
                    case ToTopic(String topic) -> topic;
                })
                .toList();
    }

    @Test
    void aLetterGoesByTheExchangeAndTheKeyOfItsQueue() {
        queue("dead", Arguments.NONE);
        QueueView from = queue("q", to("").with("x-dead-letter-routing-key", ArgumentValue.text("dead")));

        send(from, 0, Reason.REJECTED);

        assertThat(published).containsExactly("dead by '' dead");
        assertThat(done).containsExactly("done");
        assertThat(lastHeaders.text("x-first-death-reason")).contains("rejected");
    }

    @Test
    void aLetterThatGoesNowhereIsDone() {
        send(queue("q", to("no.such.exchange")), 0, Reason.EXPIRED);
        send(queue("p", Arguments.NONE), 0, Reason.EXPIRED);

        assertThat(published).isEmpty();
        assertThat(done).hasSize(2);
    }

    @Test
    void aLetterThatWouldGoRoundByItselfIsDroppedAndARejectedOneIsNot() {
        QueueView round = queue("q", to(""));

        send(round, 0, Reason.EXPIRED);
        assertThat(published).isEmpty();
        assertThat(done).containsExactly("done");

        send(round, 0, Reason.REJECTED);
        assertThat(published).containsExactly("q by '' q");
    }

    private void bind(String exchange, String queue) {
        bind(exchange, new ToQueue(queue));
    }

    private void bind(String exchange, Target target) {
        routing = routing.with(
                new RoutingDelta.Bound(new Binding(new ExchangeName(exchange), target, "k", Arguments.NONE)));
    }

    private void topic(String name) {
        var ref = new QueueRef(VHOST, new QueueName(name));
        topics.put(
                name,
                new QueueView(
                        new QueueSpec(ref, QueueType.STREAM, true, false, false, Arguments.NONE),
                        new TopicId(2, topics.size()),
                        new QueueView.Home.OnLog(name, new TopicId(2, topics.size())),
                        Optional.empty(),
                        EffectivePolicy.NONE));
    }

    @Test
    void aLetterToATopicIsDoneWhenTheTopicHasStoredIt() {
        topic("dead.topic");
        queue("dead", Arguments.NONE);
        bind("amq.fanout", "dead");
        bind("amq.fanout", new ToTopic("dead.topic"));
        QueueView from = queue("q", to("amq.fanout"));
        ends.add(Publication.End.FAILED);
        ends.add(Publication.End.FAILED);

        send(from, 0, Reason.REJECTED);
        assertThat(published).containsExactlyInAnyOrder("dead by 'amq.fanout' q", "dead.topic by 'amq.fanout' q");
        assertThat(done).isIn(List.of("left [dead, dead.topic]"), List.of("left [dead.topic, dead]"));

        only = Set.of(new ToTopic("dead.topic"));
        ends.add(Publication.End.FAILED);
        send(from, 0, Reason.REJECTED);
        send(from, 0, Reason.REJECTED);

        assertThat(published.subList(2, 4)).containsOnly("dead.topic by 'amq.fanout' q");
        assertThat(done.subList(1, 3)).containsExactly("left [dead.topic]", "done");
    }

    @Test
    void aLetterThatATopicCanNeverTakeIsDroppedAndTold() {
        topic("dead.topic");
        queue("dead", Arguments.NONE);
        bind("amq.fanout", "dead");
        bind("amq.fanout", new ToTopic("dead.topic"));
        QueueView from = queue("q", to("amq.fanout"));
        only = Set.of(new ToTopic("dead.topic"));
        ends.add(Publication.End.UNFIT);

        send(from, 0, Reason.REJECTED);

        assertThat(done).containsExactly("done");
        assertThat(unfit).containsExactly("q to ToTopic[topic=dead.topic]");
    }

    @Test
    void aTopicIsBoundToTheDefaultExchangeByItsNameUnlessAQueueHasIt() {
        topic("dead");
        QueueView from = queue("q", to("").with("x-dead-letter-routing-key", ArgumentValue.text("dead")));
        send(from, 0, Reason.EXPIRED);
        assertThat(last).isSameAs(topics.get("dead"));

        QueueView queue = queue("dead", Arguments.NONE);
        send(from, 0, Reason.EXPIRED);

        assertThat(last).isSameAs(queue);
        assertThat(done).containsExactly("done", "done");
    }

    @Test
    void aLetterToATopicThatHasGoneIsDone() {
        bind("amq.fanout", new ToTopic("gone"));

        send(queue("q", to("amq.fanout")), 0, Reason.EXPIRED);

        assertThat(published).isEmpty();
        assertThat(done).containsExactly("done");
    }

    @Test
    void aLetterOfUnknownFateIsLeftToItsQueueWithThoseThatMayNotHaveIt() {
        queue("one", Arguments.NONE);
        queue("two", Arguments.NONE);
        bind("amq.fanout", "one");
        bind("amq.fanout", "two");
        QueueView from = queue("q", to("amq.fanout"));
        ends.add(Publication.End.STORED);
        ends.add(Publication.End.FAILED);

        send(from, 0, Reason.MAX_LENGTH);

        assertThat(published).hasSize(2);
        assertThat(done).hasSize(1);
        assertThat(done.getFirst()).isEqualTo("left [" + published.get(1).substring(0, 3) + "]");
        only = Set.of(new ToQueue(published.get(1).substring(0, 3)));
        send(from, 0, Reason.MAX_LENGTH);
        assertThat(published).hasSize(3);
        assertThat(published.get(2)).isEqualTo(published.get(1));
        assertThat(done.getLast()).isEqualTo("done");
    }

    @Test
    void aLetterThatIsSentAgainIsNoDuplicateOfItself() {
        queue("dead", Arguments.NONE);
        routing = routing.with(new RoutingDelta.ExchangeDeclared(new ExchangeSpec(
                new ExchangeName("once"),
                ExchangeType.DEDUPLICATION,
                true,
                false,
                false,
                Arguments.of(ExchangeSpec.CACHE_SIZE, ArgumentValue.whole(10)))));
        bind("once", "dead");
        QueueView from = queue("q", to("once"));
        tables.add(Arguments.of("x-deduplication-header", ArgumentValue.text("value")));
        ends.add(Publication.End.FAILED);

        send(from, 1, Reason.EXPIRED);
        only = Set.of(new ToQueue("dead"));
        send(from, 1, Reason.EXPIRED);
        only = Set.of();
        send(from, 1, Reason.EXPIRED);

        assertThat(done).containsExactly("left [dead]", "done", "done");
        assertThat(published).hasSize(2);
    }

    @Test
    void lettersOnTheirWayAreBounded() {
        queue("dead", Arguments.NONE);
        QueueView from = queue("q", to("").with("x-dead-letter-routing-key", ArgumentValue.text("dead")));
        keepsQuiet = true;

        for (int sent = 0; sent < 40; sent++) {
            body = new byte[1024 * 1024];
            send(from, 0, Reason.EXPIRED);
        }

        assertThat(published).hasSize(31);
        assertThat(done).hasSize(9).allMatch("left [dead]"::equals);
    }

    @Test
    void aRefusedLetterIsKeptWhereItsQueuePromisesAtLeastOnce() {
        queue("dead", Arguments.NONE);
        QueueView from = queue(
                "q",
                QueueType.QUORUM,
                to("").with("x-dead-letter-routing-key", ArgumentValue.text("dead"))
                        .with("x-dead-letter-strategy", ArgumentValue.text("at-least-once"))
                        .with("x-overflow", ArgumentValue.text("reject-publish")));
        ends.add(Publication.End.REFUSED);

        send(from, 0, Reason.EXPIRED);

        assertThat(done).containsExactly("left [dead]");
    }

    @Test
    void whatHasWaitedInADelayedExchangeGoesOnByItsBindings() {
        queue("target", Arguments.NONE);
        routing = routing.with(new RoutingDelta.ExchangeDeclared(new ExchangeSpec(
                new ExchangeName("later"),
                ExchangeType.DELAYED,
                true,
                false,
                false,
                Arguments.of(ExchangeSpec.DELAYED_TYPE, ArgumentValue.text("fanout")))));
        bind("later", "target");
        var delays = new QueueView(
                DelayQueue.of(VHOST, new ExchangeName("later")),
                new TopicId(1, 99),
                new QueueView.Home.InMemory(1, 1),
                Optional.empty(),
                EffectivePolicy.NONE);
        tables.add(Arguments.of("x-delay", ArgumentValue.whole(500)).with("own", ArgumentValue.text("kept")));

        send(delays, 1, Reason.DUE);

        assertThat(published).containsExactly("target by 'ex' amq.delayed.later");
        assertThat(lastHeaders)
                .isEqualTo(Arguments.of("x-delay", ArgumentValue.whole(-500)).with("own", ArgumentValue.text("kept")));
        assertThat(done).containsExactly("done");
    }

    @Test
    void aRefusedLetterIsDropped() {
        queue("dead", Arguments.NONE);
        QueueView from = queue("q", to("").with("x-dead-letter-routing-key", ArgumentValue.text("dead")));
        ends.add(Publication.End.REFUSED);

        send(from, 0, Reason.EXPIRED);

        assertThat(done).containsExactly("done");
        assertThat(published).hasSize(1);
    }
}
