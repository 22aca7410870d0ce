package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.queue.QueueTraffic;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.routing.ExchangeTraffic;
import io.millrace.broker.routing.ExchangeTraffic.Exchange;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.port.Tallies;
import io.millrace.console.port.Totals;
import io.millrace.console.port.Totals.Count;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// `message_stats`: counters and their rates, under RabbitMQ's names.
public final class TrafficJson {
    private record Counter(String name, ToLongFunction<QueueTraffic> count) {}

    private static final List<Counter> OF_QUEUES = List.of(
            new Counter("ack", QueueTraffic::acknowledged),
            new Counter("deliver", QueueTraffic::delivered),
            new Counter("deliver_get", QueueTraffic::handedOut),
            new Counter("deliver_no_ack", QueueTraffic::deliveredNoAck),
            new Counter("get", QueueTraffic::got),
            new Counter("get_no_ack", QueueTraffic::gotNoAck),
            new Counter("redeliver", QueueTraffic::redelivered));

    private TrafficJson() {}

    /// A count and its rate.
    static void add(ObjectNode tree, String name, Tallies tallies, ToLongFunction<Tallies> count) {
        tree.put(name, count.applyAsLong(tallies));
        tree.set(name + "_details", Json.object().put("rate", tallies.rate(count)));
    }

    /// Nothing for a queue that nothing went through.
    static void addQueue(ObjectNode tree, Tallies tallies, QueueView queue) {
        if (!tallies.traffic(queue).equals(QueueTraffic.NONE)) {
            ObjectNode stats = tree.putObject("message_stats");
            add(stats, "publish", tallies, of -> of.traffic(queue).published());
            addDeliveries(stats, tallies, of -> of.traffic(queue));
        }
    }

    private static void addDeliveries(ObjectNode stats, Tallies tallies, Function<Tallies, QueueTraffic> traffic) {
        for (Counter counter : OF_QUEUES) {
            add(stats, counter.name(), tallies, of -> counter.count().applyAsLong(traffic.apply(of)));
        }
    }

    static void addExchange(ObjectNode tree, Tallies tallies, Exchange exchange) {
        if (!tallies.traffic(exchange).equals(ExchangeTraffic.Counts.NONE)) {
            ObjectNode stats = tree.putObject("message_stats");
            add(stats, "publish_in", tallies, of -> of.traffic(exchange).in());
            add(stats, "publish_out", tallies, of -> of.traffic(exchange).out());
        }
    }

    /// Of the whole node: what its queues hold and what went through them. Sums are made once, for there may be many
    /// queues.
    public static Totals totals(Tallies tallies) {
        QueueTraffic now = tallies.queueTraffic();
        QueueTraffic then = tallies.before().map(Tallies::queueTraffic).orElse(QueueTraffic.NONE);
        Map<String, Count> stats = new HashMap<>();
        stats.put("publish", count(tallies, of -> of.exchangeTraffic().in()));
        for (Counter counter : OF_QUEUES) {
            stats.put(counter.name(), count(tallies, of -> counter.count().applyAsLong(of == tallies ? now : then)));
        }
        long ready = 0;
        long unacknowledged = 0;
        for (QueueCounts counts : tallies.allCounts()) {
            ready += counts.ready() + counts.delayed();
            unacknowledged += counts.unacked();
        }
        return new Totals(ready, unacknowledged, stats);
    }

    private static Count count(Tallies tallies, ToLongFunction<Tallies> count) {
        return new Count(count.applyAsLong(tallies), tallies.rate(count));
    }

    static ObjectNode of(Totals totals) {
        ObjectNode stats = Json.object();
        new TreeMap<>(totals.stats()).forEach((name, count) -> {
            stats.put(name, count.count());
            stats.set(name + "_details", Json.object().put("rate", count.rate()));
        });
        return stats;
    }
}
