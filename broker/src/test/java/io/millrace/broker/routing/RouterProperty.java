package io.millrace.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Topologies that change between messages, against [NaiveRouter]: bindings in circles, alternates in chains and
/// circles, exchanges that go by themselves; one router with hardly any memory for two virtual hosts, and tables of
/// long ago that still answer as they did.
class RouterProperty {
    private static final List<ExchangeType> TYPES = List.of(
            ExchangeType.DIRECT, ExchangeType.FANOUT, ExchangeType.TOPIC, ExchangeType.HEADERS, ExchangeType.DELAYED);
    private static final List<String> KEYS = List.of("", "a", "a.b", "a.b.c", "#", "*", "a.*", "a.#", "q0", "q1");
    private static final List<String> MATCHES = List.of("all", "any", "all-with-x", "any-with-x");

    /// What was published to a table, and where it went.
    private record Sent(RoutingTable table, ExchangeName exchange, Message message, Set<Target> targets) {}

    private final List<Sent> sent = new ArrayList<>();

    @Property(tries = 300)
    void routesAsTheNaiveRouter(SeededRandomness random) {
        Router router = new Router(random, _ -> true, random.pick(List.of(0, 40, 200, 10_000)));
        List<Vhost> vhosts = List.of(new Vhost("/", random), new Vhost("other", random));
        for (int step = 0; step < 150; step++) {
            Vhost vhost = random.pick(vhosts);
            vhost.change(random.nextInt(4));
            for (int count = random.nextInt(4); count > 0; count--) {
                sent.add(vhost.publish(router));
            }
            check(router, random.pick(sent.isEmpty() ? List.of(vhost.publish(router)) : sent));
        }

        vhosts.forEach(Vhost::checkListings);
    }

    private static void check(Router router, Sent again) {
        List<Target> targets =
                router.route(again.table, again.exchange, again.message).targets();

        assertThat(targets).doesNotHaveDuplicates();
        assertThat(new LinkedHashSet<>(targets))
                .as("%s to %s", again.message, again.exchange)
                .isEqualTo(again.targets);
    }

    private static final class Vhost {
        final SeededRandomness random;
        final NaiveRouter naive = new NaiveRouter();
        RoutingTable table;

        Vhost(String name, SeededRandomness random) {
            this.random = random;
            this.table = RoutingTable.empty(new VhostName(name));
        }

        void change(int count) {
            List<RoutingDelta> deltas = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                deltas.add(delta());
            }
            Set<ExchangeName> before = new LinkedHashSet<>(naive.exchangeNames());
            deltas.forEach(naive::apply);

            RoutingTable.Change change = table.with(deltas);

            table = change.table();
            before.removeAll(naive.exchangeNames());
            for (RoutingDelta delta : deltas) {
                if (delta instanceof RoutingDelta.ExchangeDeleted(var name)
                        && !change.autoDeleted().contains(name)) {
                    before.remove(name);
                }
            }
            assertThat(change.autoDeleted()).containsAll(before);
        }

        private RoutingDelta delta() {
            return switch (random.nextInt(20)) {
                case 0, 1, 2 -> new RoutingDelta.ExchangeDeclared(exchange());
                case 3 -> new RoutingDelta.ExchangeDeleted(exchangeName());
                case 4, 5, 6 -> new RoutingDelta.QueueDeclared(queue());
                case 7 -> new RoutingDelta.QueueDeleted(queue());
                case 8 -> new RoutingDelta.TopicDeleted("t" + random.nextInt(3));
                case 9 -> new RoutingDelta.AlternateByPolicy(exchangeName(), random.nextBoolean() ? alternate() : null);
                case 10, 11 -> new RoutingDelta.Unbound(someBinding());
                default -> new RoutingDelta.Bound(binding());
            };
        }

        private ExchangeSpec exchange() {
            Arguments arguments = Arguments.of(
                    ExchangeSpec.DELAYED_TYPE, ArgumentValue.text(random.pick(List.of("topic", "fanout", "nonsense"))));
            if (random.onceIn(3)) {
                arguments = arguments.with(
                        ExchangeSpec.ALTERNATE_EXCHANGE,
                        ArgumentValue.text(alternate().value()));
            }
            return new ExchangeSpec(exchangeName(), random.pick(TYPES), true, random.nextBoolean(), false, arguments);
        }

        private ExchangeName exchangeName() {
            if (random.onceIn(8)) {
                return random.pick(ExchangeSpec.PREDECLARED).name();
            }
            return new ExchangeName("x" + random.nextInt(8));
        }

        private ExchangeName alternate() {
            return random.onceIn(4) ? ExchangeName.DEFAULT : exchangeName();
        }

        private QueueName queue() {
            return new QueueName("q" + random.nextInt(12));
        }

        private Binding someBinding() {
            return naive.bindings.isEmpty() ? binding() : random.pick(List.copyOf(naive.bindings));
        }

        private Binding binding() {
            Destination destination = switch (random.nextInt(7)) {
                case 0, 1 -> new ToExchange(exchangeName());
                case 2 -> new ToTopic("t" + random.nextInt(3));
                default -> new ToQueue(queue());
            };
            return new Binding(exchangeName(), destination, random.pick(KEYS), asked());
        }

        private Arguments asked() {
            Arguments arguments = headers();
            return random.nextBoolean()
                    ? arguments
                    : arguments.with(HeadersPattern.MATCH, ArgumentValue.text(random.pick(MATCHES)));
        }

        private Arguments headers() {
            Arguments headers = Arguments.NONE;
            for (int count = random.nextInt(3); count > 0; count--) {
                ArgumentValue value = switch (random.nextInt(4)) {
                    case 0 -> new ArgumentValue.Nothing();
                    case 1 -> new ArgumentValue.Whole(1, random.pick(List.of(ArgumentValue.Width.values())));
                    default -> ArgumentValue.text("v" + random.nextInt(2));
                };
                headers = headers.with(random.pick(List.of("h0", "h1", "x-h")), value);
            }
            return headers;
        }

        Sent publish(Router router) {
            List<String> further = random.onceIn(5) ? List.of(random.pick(KEYS), random.pick(KEYS)) : List.of();
            Message message = new Message(random.pick(KEYS), further, headers(), Map.of());
            ExchangeName exchange = exchangeName();
            Sent published = new Sent(table, exchange, message, naive.route(exchange, message));
            check(router, published);
            return published;
        }

        void checkListings() {
            assertThat(table.bindingCount()).isEqualTo(naive.bindings.size());
            assertThat(table.queueCount()).isEqualTo(naive.queues.size());
            assertThat(table.exchangeCount()).isEqualTo(naive.exchangeNames().size());
            List<Binding> from = new ArrayList<>();
            table.forEachExchange(exchange -> {
                int before = from.size();
                table.forEachBindingFrom(exchange.name(), from::add);
                assertThat(table.bindingCountFrom(exchange.name())).isEqualTo(from.size() - before);
            });
            assertThat(from).containsExactlyInAnyOrderElementsOf(naive.bindings).allMatch(table::hasBinding);

            List<Binding> to = new ArrayList<>();
            Set<Destination> destinations = new LinkedHashSet<>();
            naive.bindings.forEach(binding -> destinations.add(binding.destination()));
            destinations.forEach(destination -> {
                table.forEachBindingTo(destination, to::add);
                assertThat(table.bindingCountTo(destination)).isPositive();
            });
            assertThat(to).containsExactlyInAnyOrderElementsOf(naive.bindings);
        }
    }
}
