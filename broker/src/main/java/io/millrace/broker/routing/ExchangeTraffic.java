package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.util.HashMap;
import java.util.Map;

/// Counts what is published to exchanges, and to how many targets it goes.
///
/// Owned by: the loop of one [Router].
public final class ExchangeTraffic {
    /// Exchanges that are deleted are not forgotten one by one: beyond so many all begin anew.
    private static final int EXCHANGES_MAX = 100_000;

    private final Map<Exchange, Flow> flows = new HashMap<>();
    private Flow latest = new Flow();

    /// Which exchange.
    public record Exchange(VhostName vhost, ExchangeName name) {}

    /// @param in messages published to it
    /// @param out to how many queues and topics they went
    public record Counts(long in, long out) {
        public static final Counts NONE = new Counts(0, 0);

        public Counts plus(Counts other) {
            return new Counts(in + other.in, out + other.out);
        }
    }

    private static final class Flow {
        private VhostName vhost = new VhostName("");
        private ExchangeName name = ExchangeName.DEFAULT;
        private long in;
        private long out;
    }

    /// The exchange of one message is nearly always that of the one before.
    void count(VhostName vhost, ExchangeName name, int targets) {
        if (!latest.name.equals(name) || !latest.vhost.equals(vhost)) {
            latest = flow(new Exchange(vhost, name));
        }
        latest.in++;
        latest.out += targets;
    }

    private Flow flow(Exchange exchange) {
        if (flows.size() >= EXCHANGES_MAX && !flows.containsKey(exchange)) {
            flows.clear();
        }
        return flows.computeIfAbsent(exchange, key -> {
            Flow flow = new Flow();
            flow.vhost = key.vhost();
            flow.name = key.name();
            return flow;
        });
    }

    /// Adds to what other loops have counted.
    public void addTo(Map<Exchange, Counts> all) {
        flows.forEach((exchange, flow) -> all.merge(exchange, new Counts(flow.in, flow.out), Counts::plus));
    }
}
