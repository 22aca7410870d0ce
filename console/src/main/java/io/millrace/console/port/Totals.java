package io.millrace.console.port;

import java.util.LinkedHashMap;
import java.util.Map;

/// What queues hold and what went through them, added up. Immutable.
///
/// @param stats by RabbitMQ's names
public record Totals(long ready, long unacknowledged, Map<String, Count> stats) {
    public static final Totals NONE = new Totals(0, 0, Map.of());

    public Totals {
        stats = Map.copyOf(stats);
    }

    /// @param rate by how much it grew in a second
    public record Count(long count, double rate) {
        Count plus(Count other) {
            return new Count(count + other.count, rate + other.rate);
        }
    }

    public Totals plus(Totals other) {
        Map<String, Count> sums = new LinkedHashMap<>(stats);
        other.stats.forEach((name, count) -> sums.merge(name, count, Count::plus));
        return new Totals(ready + other.ready, unacknowledged + other.unacknowledged, sums);
    }
}
