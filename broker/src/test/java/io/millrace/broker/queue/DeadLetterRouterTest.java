package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Router;
import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Where dead letters go and what becomes of them.
class DeadLetterRouterTest {
    private static final VhostName VHOST = new VhostName("/");

    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final Map<String, QueueView> queues = new TreeMap<>();
    private final List<String> published = new ArrayList<>();
    private final Deque<Publication.End> ends = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private Arguments lastHeaders = Arguments.NONE;
    private RoutingTable routing = RoutingTable.empty(VHOST);

    private final DeadLetterRouter router = new DeadLetterRouter(
            loop,
            clock,
            this::world,
            new Router(new SeededRandomness(1), queue -> true, 0),
            new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new Remembering())),
            Sink::new);

    /// Properties are the number of a table of headers.
    private final List<Arguments> tables = new ArrayList<>(List.of(Arguments.NONE));

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
            assertThat(dropExpiration).isTrue();
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
            case "routing" -> routing;
            case "queue" -> Optional.ofNullable(queues.get(((QueueName) arguments[0]).value()));
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
            published.add(queue.ref().name() + " by '" + message.exchange() + "' " + message.routingKey());
            Publication.End end = ends.poll();
            publication.ended(end == null ? Publication.End.STORED : end);
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
        var ref = new QueueRef(VHOST, new QueueName(name));
        var view = new QueueView(
                new QueueSpec(ref, QueueType.CLASSIC, false, false, false, arguments),
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
        var message = new Message(
                FormatId.AMQP_0_9_1, "ex", from.ref().name().value(), new byte[] {(byte) headers}, new byte[1], 1);
        loop.call(() -> {
            router.send(from, message, reason, () -> done.add("done"));
            return this;
        });
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

    @Test
    void aLetterOfUnknownFateIsSentAgainAndDoneOnlyThen() {
        queue("dead", Arguments.NONE);
        QueueView from = queue("q", to("").with("x-dead-letter-routing-key", ArgumentValue.text("dead")));
        ends.add(Publication.End.FAILED);

        send(from, 0, Reason.MAX_LENGTH);
        assertThat(done).isEmpty();
        loop.advance(Duration.ofSeconds(2));

        assertThat(published).hasSize(2);
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
