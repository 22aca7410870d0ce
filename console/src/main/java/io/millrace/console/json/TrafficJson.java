package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.queue.QueueTraffic;
import io.millrace.broker.routing.ExchangeTraffic;
import io.millrace.broker.routing.ExchangeTraffic.Exchange;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.port.Tallies;
import java.util.List;
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

    /// Of the whole node. Sums are made once, for there may be many queues.
    static ObjectNode node(Tallies tallies) {
        ObjectNode stats = Json.object();
        QueueTraffic now = tallies.queueTraffic();
        QueueTraffic then = tallies.before().map(Tallies::queueTraffic).orElse(QueueTraffic.NONE);
        add(stats, "publish", tallies, of -> of.exchangeTraffic().in());
        addDeliveries(stats, tallies, of -> of == tallies ? now : then);
        return stats;
    }
}
