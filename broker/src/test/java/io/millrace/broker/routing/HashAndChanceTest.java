package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// Exchanges that give every message to one of their bindings.
class HashAndChanceTest {
    private static final ExchangeName X = new ExchangeName("x");
    private static final int MESSAGES = 8_000;

    private final Router router =
            new Router(new SeededRandomness(7), queue -> queue.value().endsWith("1"), 1_000);

    @Test
    void everyBindingGetsKeysByItsWeight() {
        RoutingTable table = table(exchange(ExchangeType.CONSISTENT_HASH, Arguments.NONE), "1", "1", "2", "4");

        Map<Target, Integer> counts = counts(table, keys());

        Percentage roughly = Percentage.withPercentage(10);
        assertThat(counts.get(new ToQueue("q0"))).isCloseTo(MESSAGES / 8, roughly);
        assertThat(counts.get(new ToQueue("q1"))).isCloseTo(MESSAGES / 8, roughly);
        assertThat(counts.get(new ToQueue("q2"))).isCloseTo(MESSAGES / 4, roughly);
        assertThat(counts.get(new ToQueue("q3"))).isCloseTo(MESSAGES / 2, roughly);
    }

    @Test
    void onlyTheKeysOfABindingThatGoesMove() {
        RoutingTable before = table(exchange(ExchangeType.CONSISTENT_HASH, Arguments.NONE), "1", "1", "2");
        RoutingTable after = before.with(new RoutingDelta.QueueDeleted(new QueueName("q1")));

        for (Message message : keys()) {
            Target was = target(before, message);
            Target is = target(after, message);
            assertThat(is).isNotEqualTo(new ToQueue("q1"));
            assertThat(is.equals(was) || was.equals(new ToQueue("q1"))).isTrue();
        }
    }

    /// What a key leads to is the same on every node and after every upgrade; a change here moves everybody's keys.
    @Test
    void whereKeysLeadIsFixed() {
        RoutingTable table = table(exchange(ExchangeType.CONSISTENT_HASH, Arguments.NONE), "1", "1", "1");
        RoutingTable modulus = table(exchange(ExchangeType.MODULUS_HASH, Arguments.NONE), "", "", "");

        assertThat(queues(table, "a", "b", "c", "orders.7")).containsExactly("q2", "q2", "q0", "q0");
        assertThat(queues(modulus, "a", "b", "c", "orders.7")).containsExactly("q0", "q2", "q1", "q2");
    }

    private List<String> queues(RoutingTable table, String... keys) {
        return Arrays.stream(keys)
                .map(key -> ((ToQueue) target(table, Message.of(key))).queue().value())
                .toList();
    }

    @Test
    void aHeaderOrPropertyIsHashedInsteadOfTheKey() {
        var byHeader = Arguments.of(ExchangeSpec.HASH_HEADER, ArgumentValue.text("user"));
        var byProperty = Arguments.of(ExchangeSpec.HASH_PROPERTY, ArgumentValue.text("message_id"));
        RoutingTable headers = table(exchange(ExchangeType.CONSISTENT_HASH, byHeader), "1", "1", "1");
        RoutingTable properties = table(exchange(ExchangeType.CONSISTENT_HASH, byProperty), "1", "1", "1");
        List<Message> differentHeaders = new ArrayList<>();
        List<Message> differentProperties = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            differentHeaders.add(Message.of("key", Arguments.of("user", ArgumentValue.whole(i))));
            differentProperties.add(new Message("key", List.of(), Arguments.NONE, Map.of("message_id", "" + i)));
        }

        assertThat(counts(headers, differentHeaders)).hasSize(3);
        assertThat(counts(headers, keys())).as("none has the header").hasSize(1);
        assertThat(counts(properties, differentProperties)).hasSize(3);
        assertThat(counts(properties, keys())).as("none has the property").hasSize(1);
    }

    @Test
    void aModulusSpreadsKeysEvenly() {
        RoutingTable table = table(exchange(ExchangeType.MODULUS_HASH, Arguments.NONE), "", "", "", "");

        assertThat(counts(table, keys()).values())
                .hasSize(4)
                .allSatisfy(count -> assertThat(count).isCloseTo(MESSAGES / 4, Percentage.withPercentage(10)));
        assertThat(counts(table, keys())).isEqualTo(counts(table, keys()));
    }

    @Test
    void randomIsAnyBinding() {
        RoutingTable table = table(exchange(ExchangeType.RANDOM, Arguments.NONE), "", "", "", "");

        assertThat(counts(table, same()).values())
                .hasSize(4)
                .allSatisfy(count -> assertThat(count).isCloseTo(MESSAGES / 4, Percentage.withPercentage(10)));
    }

    @Test
    void localRandomIsAnyBindingToAQueueOfThisNode() {
        ExchangeSpec exchange = exchange(ExchangeType.LOCAL_RANDOM, Arguments.NONE);
        String[] twelve = {"", "", "", "", "", "", "", "", "", "", "", ""};

        assertThat(counts(table(exchange, twelve), same()).keySet())
                .containsExactlyInAnyOrder(new ToQueue("q1"), new ToQueue("q11"));
        assertThat(router.route(table(exchange, ""), X, Message.of("")).isEmpty())
                .isTrue();
    }

    @Test
    void noBindingNoTarget() {
        for (ExchangeType type : ExchangeType.values()) {
            assertThat(router.route(table(exchange(type, Arguments.NONE)), X, Message.of("key"))
                            .isEmpty())
                    .as(type.word())
                    .isTrue();
        }
    }

    private static ExchangeSpec exchange(ExchangeType type, Arguments arguments) {
        return new ExchangeSpec(X, type, true, false, false, arguments);
    }

    /// One queue for each of `keys`, bound with it.
    private static RoutingTable table(ExchangeSpec exchange, String... keys) {
        List<RoutingDelta> deltas = new ArrayList<>(List.of(new RoutingDelta.ExchangeDeclared(exchange)));
        for (int i = 0; i < keys.length; i++) {
            deltas.add(new RoutingDelta.QueueDeclared(new QueueName("q" + i)));
            deltas.add(new RoutingDelta.Bound(new Binding("x", new ToQueue("q" + i), keys[i])));
        }
        return RoutingTable.empty(new VhostName("/")).with(deltas).table();
    }

    private static List<Message> keys() {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            messages.add(Message.of("key-" + i));
        }
        return messages;
    }

    private static List<Message> same() {
        return Collections.nCopies(MESSAGES, Message.of("key"));
    }

    private Map<Target, Integer> counts(RoutingTable table, List<Message> messages) {
        Map<Target, Integer> counts = new TreeMap<>(Comparator.comparing(Target::toString));
        messages.forEach(message -> counts.merge(target(table, message), 1, Integer::sum));
        return counts;
    }

    private Target target(RoutingTable table, Message message) {
        List<Target> targets = router.route(table, X, message).targets();
        assertThat(targets).hasSize(1);
        return targets.getFirst();
    }
}
