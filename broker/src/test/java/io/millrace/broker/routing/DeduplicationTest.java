package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.RoutingRefusal.Invalid;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import io.millrace.testkit.SeededRandomness;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Exchanges of type `x-message-deduplication`.
class DeduplicationTest implements SeenMessages {
    private static final ExchangeName ONCE = new ExchangeName("once");

    private final Map<ExchangeSpec, SeenValues> seen = new HashMap<>();
    private final Router router = new Router(new SeededRandomness(1), _ -> true, this, 1_000);
    private long nowMs;

    @Override
    public boolean isFirst(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value, long ttlMs) {
        return seen.computeIfAbsent(exchange, _ -> new SeenValues()).isFirst(value, ttlMs, nowMs, exchange.cacheSize());
    }

    @Override
    public void forget(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value) {
        seen.get(exchange).forget(value);
    }

    private static Arguments size(long size) {
        return Arguments.of(ExchangeSpec.CACHE_SIZE, ArgumentValue.whole(size));
    }

    private static RoutingTable table(Arguments arguments, String... queues) {
        var exchange = new ExchangeSpec(ONCE, ExchangeType.DEDUPLICATION, true, false, false, arguments);
        RoutingTable table = RoutingTable.empty(new VhostName("/")).with(new RoutingDelta.ExchangeDeclared(exchange));
        for (String queue : queues) {
            table = table.with(new RoutingDelta.QueueDeclared(new QueueName(queue)))
                    .with(new RoutingDelta.Bound(new Binding(ONCE, new ToQueue(queue), "any", Arguments.NONE)));
        }
        return table;
    }

    private Route route(RoutingTable table, String value) {
        return router.route(table, ONCE, Message.of("key", value(ArgumentValue.text(value))));
    }

    private static Arguments value(ArgumentValue value) {
        return Arguments.of("x-deduplication-header", value);
    }

    @Test
    void letsAValueThroughOnceToAllThatIsBound() {
        RoutingTable table = table(size(10), "q", "r");

        assertThat(route(table, "1").targets()).containsExactlyInAnyOrder(new ToQueue("q"), new ToQueue("r"));
        assertThat(route(table, "1").isEmpty()).isTrue();
        assertThat(route(table, "2").targets()).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(router.route(table, ONCE, Message.of("key")).targets()).hasSize(2);
        }
    }

    @Test
    void aNumberIsTheSameInEveryWidthAndNoText() {
        RoutingTable table = table(size(10), "q");
        var narrow = new ArgumentValue.Whole(7, ArgumentValue.Width.BYTE);

        assertThat(router.route(table, ONCE, Message.of("", value(narrow))).isEmpty())
                .isFalse();
        assertThat(router.route(table, ONCE, Message.of("", value(ArgumentValue.whole(7))))
                        .isEmpty())
                .isTrue();
        assertThat(route(table, "7").isEmpty()).isFalse();
    }

    @Test
    void remembersAsManyAsItMayAndAsLong() {
        RoutingTable table = table(size(2).with(ExchangeSpec.CACHE_TTL, ArgumentValue.whole(1_000)), "q");
        route(table, "1");
        route(table, "2");
        route(table, "3");

        assertThat(route(table, "1").isEmpty()).as("the eldest went").isFalse();
        assertThat(route(table, "3").isEmpty()).isTrue();
        nowMs = 1_000;
        assertThat(route(table, "3").isEmpty()).as("its time is over").isFalse();
        Arguments longer = value(ArgumentValue.text("4")).with(ExchangeSpec.CACHE_TTL, ArgumentValue.whole(5_000));
        router.route(table, ONCE, Message.of("", longer));
        nowMs = 5_000;
        assertThat(route(table, "4").isEmpty()).as("the message's own time").isTrue();
    }

    @Test
    void forgetsWhatDidNotArriveOrHadNowhereToGo() {
        RoutingTable table = table(size(10), "q");

        Route failed = route(table, "1");
        assertThat(failed.mayFail()).isTrue();
        failed.failed();
        assertThat(route(table, "1").isEmpty()).isFalse();

        route(table(size(10)), "2");
        assertThat(route(table, "2").isEmpty()).isFalse();
    }

    @Test
    void refusesArgumentsWithoutAMeaning() {
        String noSize = "Missing or invalid argument, 'x-cache-size' must be an integer greater than 0";
        assertThat(refused(Arguments.NONE)).isEqualTo(noSize);
        assertThat(refused(size(0))).isEqualTo(noSize);
        assertThat(refused(size(1))).isEmpty();
        assertThat(refused(size(1).with("x-cache-ttl", ArgumentValue.whole(0))))
                .isEqualTo("Invalid argument, 'x-cache-ttl' must be an integer greater than 0");
        for (String kept : List.of("disk", "paper")) {
            assertThat(refused(size(1).with("x-cache-persistence", ArgumentValue.text(kept))))
                    .contains("'x-cache-persistence'");
        }
        assertThat(refused(size(1).with("x-cache-persistence", ArgumentValue.text("memory"))))
                .isEmpty();
    }

    private static String refused(Arguments arguments) {
        Optional<RoutingRefusal> refusal = RoutingRules.declare(
                RoutingTable.empty(new VhostName("/")),
                new ExchangeSpec(ONCE, ExchangeType.DEDUPLICATION, true, false, false, arguments));
        return refusal.map(each -> ((Invalid) each).why()).orElse("");
    }
}
