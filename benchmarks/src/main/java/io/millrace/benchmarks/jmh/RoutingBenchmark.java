package io.millrace.benchmarks.jmh;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.Routable;
import io.millrace.broker.routing.Route;
import io.millrace.broker.routing.Router;
import io.millrace.broker.routing.RoutingDelta;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Routes through a topic exchange with few and with very many bindings, and what one more binding costs.
///
/// Of ten bindings eight are plain keys of four words, one ends with `#` and one has a `*`; every message reaches two
/// queues. Messages come with keys from all over the table, so that with many bindings it is memory that is measured.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoutingBenchmark {
    private static final ExchangeName TOPIC = new ExchangeName("events");
    private static final ExchangeName DIRECT = new ExchangeName("amq.direct");
    private static final QueueName ANOTHER = new QueueName("another");
    private static final int KEYS = 1 << 10;

    /// How many bindings the exchange has.
    @Param({"10", "10000", "1000000"})
    public int bindings;

    private final Router remembering = new Router(new SeededChance(), _ -> true, 1 << 16);
    private final Router forgetting = new Router(new SeededChance(), _ -> true, 0);
    private RoutingTable table = RoutingTable.empty(new VhostName("/"));
    private List<Routable> messages = List.of();
    private int next;

    /// The table, in steps as large as a start makes them.
    @Setup
    public void bind() {
        int queues = Math.max(10, bindings / 10);
        List<RoutingDelta> deltas = new ArrayList<>();
        deltas.add(new RoutingDelta.ExchangeDeclared(ExchangeSpec.durable(TOPIC.value(), ExchangeType.TOPIC)));
        for (int i = 0; i < queues; i++) {
            deltas.add(new RoutingDelta.QueueDeclared(new QueueName("queue-" + i)));
        }
        for (int i = 0; i < bindings; i++) {
            deltas.add(bound(i % queues, pattern(i)));
        }
        long beganNs = System.nanoTime();
        table = table.with(deltas).table();
        System.out.printf("%d deltas: %d ms%n", deltas.size(), (System.nanoTime() - beganNs) / 1_000_000);
        messages = messages();
    }

    private List<Routable> messages() {
        List<Routable> published = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            String key = key((int) ((i * 7919L * 10) % bindings));
            published.add(() -> key);
        }
        return published;
    }

    /// The tenth binding of every ten matches what the first one does.
    private static String pattern(int i) {
        return switch (i % 10) {
            case 8 -> key(i - 8).replaceFirst("\\.[a-z0-9]+$", ".late.#");
            case 9 -> key(i - 9).replaceFirst("\\.[a-z]+\\.", ".*.");
            default -> key(i);
        };
    }

    private static String key(int i) {
        return "region-" + i / 10_000 + ".orders.customer-" + i / 10 + ".event" + i % 10;
    }

    private static RoutingDelta bound(int queue, String key) {
        return new RoutingDelta.Bound(new Binding(TOPIC.value(), new ToQueue("queue-" + queue), key));
    }

    private Routable message() {
        next = (next + 1) & (KEYS - 1);
        return messages.get(next);
    }

    /// Keys that were seen before.
    @Benchmark
    public Route remembered() {
        return remembering.route(table, TOPIC, message());
    }

    /// Every message as if its key were new.
    @Benchmark
    public Route walked() {
        return forgetting.route(table, TOPIC, message());
    }

    /// A key that was seen before, after something else in the virtual host has changed.
    @Benchmark
    public Route rememberedAcrossChanges() {
        table = table.with(
                (next & 1) == 0 ? new RoutingDelta.QueueDeclared(ANOTHER) : new RoutingDelta.QueueDeleted(ANOTHER));
        return remembering.route(table, TOPIC, message());
    }

    /// The way to one queue through the default exchange.
    @Benchmark
    public Route toQueue() {
        return remembering.route(table, ExchangeName.DEFAULT, () -> "queue-7");
    }

    /// A queue that comes, is bound twice, and goes.
    @Benchmark
    public RoutingTable queueComesAndGoes() {
        next++;
        QueueName queue = new QueueName("reply-" + next);
        RoutingTable with = table.with(new RoutingDelta.QueueDeclared(queue))
                .with(new RoutingDelta.Bound(new Binding(TOPIC.value(), new ToQueue(queue), queue.value())))
                .with(new RoutingDelta.Bound(new Binding(DIRECT.value(), new ToQueue(queue), queue.value())));
        return with.with(new RoutingDelta.QueueDeleted(queue));
    }
}
