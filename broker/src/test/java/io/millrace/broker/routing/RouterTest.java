package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Single rules by name; all of them together are in [RouterProperty].
class RouterTest {
    private static final ExchangeName TOPIC = new ExchangeName("amq.topic");

    private final Router router = new Router(new SeededRandomness(1), _ -> true, 1_000);
    private RoutingTable table = RoutingTable.empty(new VhostName("/"));

    @Test
    void theDefaultExchangeRoutesByQueueName() {
        queues("q", "r");

        assertThat(routed("", Message.of("q"))).containsExactly(new ToQueue("q"));
        assertThat(routed("", Message.of("none"))).isEmpty();
        assertThat(routed("", new Message("q", List.of("r", "none", "q"), Arguments.NONE, Map.of())))
                .containsExactly(new ToQueue("q"), new ToQueue("r"));
    }

    @Test
    void aKafkaTopicIsATargetLikeAQueue() {
        queues("q");
        bind("amq.topic", new ToTopic("orders"), "order.#");
        bind("amq.topic", new ToQueue("q"), "order.*");

        assertThat(routed("amq.topic", Message.of("order.new")))
                .containsExactlyInAnyOrder(new ToTopic("orders"), new ToQueue("q"));
        assertThat(routed("amq.topic", Message.of("order"))).containsExactly(new ToTopic("orders"));
    }

    @Test
    void bindingTwiceIsBindingOnce() {
        queues("q");
        bind("amq.direct", new ToQueue("q"), "k");
        RoutingTable before = table;

        bind("amq.direct", new ToQueue("q"), "k");

        assertThat(table.bindingCount()).isEqualTo(1);
        assertThat(table.stampOf(new ExchangeName("amq.direct")))
                .isSameAs(before.stampOf(new ExchangeName("amq.direct")));
    }

    @Test
    void otherArgumentsAreAnotherBinding() {
        queues("q");
        var binding = new Binding("amq.direct", new ToQueue("q"), "k");
        var other =
                new Binding(binding.source(), binding.destination(), "k", Arguments.of("a", ArgumentValue.whole(1)));
        apply(new RoutingDelta.Bound(binding), new RoutingDelta.Bound(other));
        assertThat(table.bindingCount()).isEqualTo(2);
        assertThat(routed("amq.direct", Message.of("k"))).containsExactly(new ToQueue("q"));

        apply(new RoutingDelta.Unbound(binding));

        assertThat(routed("amq.direct", Message.of("k"))).containsExactly(new ToQueue("q"));
        apply(new RoutingDelta.Unbound(other));
        assertThat(routed("amq.direct", Message.of("k"))).isEmpty();
    }

    @Test
    void exchangesWithoutBindingsGoOneAfterTheOther() {
        List<RoutingDelta> chain = new ArrayList<>();
        int length = 50_000;
        for (int i = 0; i < length; i++) {
            chain.add(new RoutingDelta.ExchangeDeclared(new ExchangeSpec(
                    new ExchangeName("x" + i), ExchangeType.FANOUT, false, true, false, Arguments.NONE)));
            chain.add(new RoutingDelta.Bound(new Binding("x" + i, new ToExchange("x" + (i - 1)), "")));
        }
        queues("q");
        table = table.with(chain).table();
        bind("x0", new ToQueue("q"), "");
        assertThat(table.exchangeCount()).isEqualTo(length + 7);
        assertThat(routed("x" + (length - 1), Message.of(""))).containsExactly(new ToQueue("q"));

        RoutingTable.Change change = table.with(List.of(new RoutingDelta.QueueDeleted(new QueueName("q"))));

        assertThat(change.table().exchangeCount()).isEqualTo(7);
        assertThat(change.table().bindingCount()).isZero();
        assertThat(change.autoDeleted())
                .hasSize(length)
                .startsWith(new ExchangeName("x0"), new ExchangeName("x1"))
                .endsWith(new ExchangeName("x" + (length - 1)));
    }

    @Test
    void theAlternateGetsWhatNoBindingWanted() {
        queues("q", "lost");
        var alternate = Arguments.of(ExchangeSpec.ALTERNATE_EXCHANGE, ArgumentValue.text("later"));
        apply(new RoutingDelta.ExchangeDeclared(
                new ExchangeSpec(new ExchangeName("x"), ExchangeType.DIRECT, true, false, false, alternate)));
        bind("x", new ToQueue("q"), "k");
        assertThat(routed("x", Message.of("other")))
                .as("the alternate is not there")
                .isEmpty();

        apply(new RoutingDelta.ExchangeDeclared(ExchangeSpec.durable("later", ExchangeType.FANOUT)));
        bind("later", new ToQueue("lost"), "");

        assertThat(routed("x", Message.of("k"))).containsExactly(new ToQueue("q"));
        assertThat(routed("x", Message.of("other"))).containsExactly(new ToQueue("lost"));
    }

    @Test
    void theDefaultExchangeCanBeTheAlternate() {
        queues("q");
        apply(new RoutingDelta.AlternateByPolicy(TOPIC, ExchangeName.DEFAULT));
        assertThat(routed("amq.topic", Message.of("q"))).containsExactly(new ToQueue("q"));

        apply(new RoutingDelta.QueueDeleted(new QueueName("q")));

        assertThat(routed("amq.topic", Message.of("q"))).isEmpty();
    }

    @Test
    void anExchangeThatWantedTheMessageKeepsItFromTheAlternate() {
        queues("lost");
        apply(
                new RoutingDelta.ExchangeDeclared(ExchangeSpec.durable("empty", ExchangeType.FANOUT)),
                new RoutingDelta.AlternateByPolicy(TOPIC, new ExchangeName("amq.fanout")));
        bind("amq.fanout", new ToQueue("lost"), "");
        bind("amq.topic", new ToExchange("empty"), "k");

        assertThat(routed("amq.topic", Message.of("k"))).isEmpty();
        assertThat(routed("amq.topic", Message.of("other"))).containsExactly(new ToQueue("lost"));
    }

    @Test
    void aMessageThatWantsToWaitIsRoutedToWhereItDoes() {
        queues("q");
        apply(new RoutingDelta.ExchangeDeclared(new ExchangeSpec(
                new ExchangeName("later"),
                ExchangeType.DELAYED,
                true,
                false,
                false,
                Arguments.of(ExchangeSpec.DELAYED_TYPE, ArgumentValue.text("direct")))));
        bind("later", new Destination.ToQueue("q"), "k");
        bind("amq.fanout", new Destination.ToExchange("later"), "");

        for (String exchange : List.of("later", "amq.fanout")) {
            assertThat(routed(exchange, Message.of("k", Arguments.of("x-delay", ArgumentValue.whole(5)))))
                    .containsExactly(new Destination.ToQueue("amq.delayed.later"));
            assertThat(routed(exchange, Message.of("k"))).containsExactly(new Destination.ToQueue("q"));
            assertThat(routed(exchange, Message.of("k", Arguments.of("x-delay", ArgumentValue.whole(-5)))))
                    .containsExactly(new Destination.ToQueue("q"));
        }
        assertThat(routed("later", Message.of("other"))).isEmpty();
    }

    @Test
    void numbersInHeadersAreComparedByValue() {
        queues("q");
        var asked = Arguments.of("n", new ArgumentValue.Whole(7, ArgumentValue.Width.BYTE))
                .with("s", ArgumentValue.text("text"));
        apply(new RoutingDelta.Bound(new Binding(new ExchangeName("amq.headers"), new ToQueue("q"), "", asked)));
        Arguments text = Arguments.of("s", new ArgumentValue.Binary(ByteString.utf8("text")));

        assertThat(routed("amq.headers", Message.of("", text.with("n", ArgumentValue.whole(7)))))
                .hasSize(1);
        assertThat(routed("amq.headers", Message.of("", text.with("n", new ArgumentValue.Real(7, true)))))
                .hasSize(1);
        assertThat(routed("amq.headers", Message.of("", text.with("n", new ArgumentValue.Timestamp(7)))))
                .hasSize(1);
        assertThat(routed("amq.headers", Message.of("", text.with("n", new ArgumentValue.Real(7.5, true)))))
                .isEmpty();
        assertThat(routed("amq.headers", Message.of("", text.with("n", ArgumentValue.text("7")))))
                .isEmpty();
    }

    @Test
    void aMessageLooksOnlyAtBindingsThatShareAHeaderWithIt() {
        queues("q");
        ExchangeIndex index = HeadersIndex.EMPTY;
        for (int i = 0; i < 10_000; i++) {
            var asked = Arguments.of("type", ArgumentValue.text("order"))
                    .with("customer", ArgumentValue.whole(i))
                    .with("x-ignored", ArgumentValue.whole(i));
            index = index.with(new Binding(new ExchangeName("amq.headers"), new ToQueue("q"), "", asked));
        }

        var largest = new int[1];
        ((HeadersIndex) index)
                .byPair()
                .forEach((_, bindings) -> largest[0] = Math.max(largest[0], BindingSet.size(bindings)));
        assertThat(largest[0]).isEqualTo(1);
    }

    @Test
    void whatIsRememberedIsBounded() {
        var memory = new RouteMemory(100);
        queues("q", "r");
        bind("amq.topic", new ToQueue("q"), "#");
        bind("amq.topic", new ToQueue("r"), "#");
        for (int i = 0; i < 1_000; i++) {
            var walk = new RouteWalk(
                    table, Message.of("k" + i), new Chance(new SeededRandomness(1), _ -> true, SeenMessages.NONE));
            memory.keep(table, TOPIC, "k" + i, walk, walk.from(TOPIC));
        }

        int remembered = 0;
        for (int i = 0; i < 1_000; i++) {
            remembered += memory.find(table, TOPIC, "k" + i) == null ? 0 : 1;
        }
        assertThat(remembered).isBetween(10, 33);
        assertThat(memory.find(table, TOPIC, "k999")).isNotNull();
    }

    @Test
    void aFanoutIsRememberedOnceForAllKeys() {
        var memory = new RouteMemory(100);
        queues("q");
        bind("amq.fanout", new ToQueue("q"), "whatever");
        ExchangeName fanout = new ExchangeName("amq.fanout");
        var walk = new RouteWalk(
                table, Message.of("k"), new Chance(new SeededRandomness(1), _ -> true, SeenMessages.NONE));
        Route route = walk.from(fanout);

        memory.keep(table, fanout, "k", walk, route);

        assertThat(memory.findForEveryKey(table, fanout)).isSameAs(route);
        queues("other");
        assertThat(memory.findForEveryKey(table, fanout))
                .as("nothing to do with it")
                .isSameAs(route);
        bind("amq.fanout", new ToQueue("other"), "");
        assertThat(memory.findForEveryKey(table, fanout)).isNull();
    }

    @Test
    void namesMadeToCollideCostNoMoreThanOthers() {
        List<RoutingDelta> deltas = new ArrayList<>();
        for (int i = 0; i < 1 << 15; i++) {
            deltas.add(new RoutingDelta.QueueDeclared(new QueueName(colliding(i))));
            deltas.add(new RoutingDelta.Bound(new Binding("amq.fanout", new ToQueue(colliding(i)), "")));
        }

        table = table.with(deltas).table();

        assertThat(colliding(0)).hasSameHashCodeAs(colliding(1));
        assertThat(routed("amq.fanout", Message.of(""))).hasSize(1 << 15).doesNotHaveDuplicates();
    }

    @Test
    void keysMadeToCollideCostNoMoreThanOthers() {
        queues("q");
        List<RoutingDelta> deltas = new ArrayList<>();
        for (int i = 0; i < 1 << 15; i++) {
            deltas.add(new RoutingDelta.Bound(new Binding("amq.topic", new ToQueue("q"), colliding(i))));
            deltas.add(new RoutingDelta.Bound(new Binding("amq.fanout", new ToQueue("q"), colliding(i))));
        }
        assertThat(deltas.stream()
                        .map(delta -> ((RoutingDelta.Bound) delta).binding().hashCode())
                        .distinct())
                .hasSize(2);

        table = table.with(deltas).table();

        assertThat(table.bindingCountTo(new ToQueue("q"))).isEqualTo(2 << 15);
        apply(new RoutingDelta.QueueDeleted(new QueueName("q")));
        assertThat(table.bindingCount()).isZero();
    }

    /// "Aa" and "BB" have the same hash code, and so has every row of them of one length.
    private static String colliding(int number) {
        StringBuilder name = new StringBuilder();
        for (int bit = 0; bit < 15; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    private List<Destination.Target> routed(String exchange, Message message) {
        return router.route(table, new ExchangeName(exchange), message).targets();
    }

    private void queues(String... names) {
        for (String name : names) {
            apply(new RoutingDelta.QueueDeclared(new QueueName(name)));
        }
    }

    private void bind(String source, Destination destination, String key) {
        apply(new RoutingDelta.Bound(new Binding(source, destination, key)));
    }

    private void apply(RoutingDelta... deltas) {
        table = table.with(List.of(deltas)).table();
    }
}
