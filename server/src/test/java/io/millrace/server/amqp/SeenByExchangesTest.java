package io.millrace.server.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a node remembers for de-duplicating exchanges: how much in all, and for which declaration.
class SeenByExchangesTest {
    private static final VhostName VHOST = new VhostName("/");
    private static final int VALUES = 5;

    private RoutingTable routing = RoutingTable.empty(VHOST);
    private final SeenByExchanges seen = new SeenByExchanges(topology(), new ManualClock(), VALUES * 128);

    /// One virtual host of which only the routing is asked.
    private TopologySource topology() {
        VhostView vhost = (VhostView) Proxy.newProxyInstance(
                VhostView.class.getClassLoader(), new Class<?>[] {VhostView.class}, (_, _, _) -> routing);
        Topology topology = (Topology) Proxy.newProxyInstance(
                Topology.class.getClassLoader(), new Class<?>[] {Topology.class}, (_, _, _) -> Optional.of(vhost));
        return () -> topology;
    }

    private ExchangeSpec declare(String name, long size) {
        var exchange = new ExchangeSpec(
                new ExchangeName(name),
                ExchangeType.DEDUPLICATION,
                true,
                false,
                false,
                Arguments.of(ExchangeSpec.CACHE_SIZE, ArgumentValue.whole(size)));
        routing = routing.with(new RoutingDelta.ExchangeDeclared(exchange));
        return exchange;
    }

    private boolean isFirst(ExchangeSpec exchange, long value) {
        return seen.isFirst(VHOST, exchange, new DeduplicationKey(0, value), 0);
    }

    @Test
    void allExchangesTogetherRememberSoMuchAndEachOneAtLeast() {
        ExchangeSpec one = declare("one", 100);
        ExchangeSpec other = declare("other", 100);
        for (int value = 0; value < 20; value++) {
            assertThat(isFirst(one, value)).isTrue();
        }
        assertThat(seen.size()).isEqualTo(VALUES);
        assertThat(isFirst(one, 19)).isFalse();
        assertThat(isFirst(one, 0)).as("long forgotten").isTrue();

        assertThat(isFirst(other, 1)).isTrue();
        assertThat(isFirst(other, 1)).isFalse();
        assertThat(isFirst(other, 2)).isTrue();
        assertThat(seen.size()).isEqualTo(VALUES + 1);
        assertThat(seen.duplicates()).isEqualTo(2);
    }

    @Test
    void anExchangeThatIsDeclaredAnewHasSeenNothingAndOneThatIsGoneTakesNoRoom() {
        ExchangeSpec before = declare("one", 100);
        isFirst(before, 1);
        isFirst(before, 2);
        seen.forget(VHOST, before, new DeduplicationKey(0, 2));
        assertThat(isFirst(before, 2)).isTrue();
        routing = routing.with(new RoutingDelta.ExchangeDeleted(before.name()));

        ExchangeSpec after = declare("one", 100);
        assertThat(isFirst(after, 1)).isTrue();
        assertThat(seen.size()).isEqualTo(1);

        routing = routing.with(new RoutingDelta.ExchangeDeleted(after.name()));
        assertThat(isFirst(declare("two", 100), 1)).isTrue();
        assertThat(seen.size()).isEqualTo(1);
    }

    /// Two threads publish to two declarations of one exchange, so that each drops what the other one remembers.
    @Test
    void nothingIsCountedThatWasDroppedOnTheWay() throws InterruptedException {
        ExchangeSpec before = declare("one", 100);
        ExchangeSpec after = declare("one", 100);
        Thread other = Thread.ofPlatform().start(() -> publish(before));
        publish(after);
        other.join();

        isFirst(declare("one", 100), 1);
        assertThat(seen.size()).isEqualTo(1);
    }

    private void publish(ExchangeSpec exchange) {
        for (int value = 0; value < 20_000; value++) {
            isFirst(exchange, value % 3);
        }
    }
}
