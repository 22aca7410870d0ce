package io.millrace.console.port;

import io.millrace.broker.queue.HostedQueue;
import io.millrace.broker.queue.QueueTraffic;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.routing.ExchangeTraffic;
import io.millrace.broker.routing.ExchangeTraffic.Exchange;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.TopicId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// A snapshot of what the queues of one node hold and what went through them. Immutable.
///
/// @param atMs by the monotonic clock
/// @param hosted those in use; whoever hands the map over keeps no hand on it, for there may be 100,000 to copy
/// @param past what went through queues that are in use no more
/// @param asked counts of further queues, which were asked one by one; without bytes
/// @param exchanges those somebody has published to
/// @param before some seconds older, for rates; it has none itself
public record Tallies(
        int nodeId,
        long atMs,
        Map<TopicId, HostedQueue> hosted,
        QueueTraffic past,
        Map<TopicId, QueueCounts> asked,
        Map<Exchange, ExchangeTraffic.Counts> exchanges,
        Optional<Tallies> before) {
    private static final QueueCounts NOTHING = new QueueCounts(0, 0, 0, 0, 0, 0, 0, 0);
    private static final double MS_A_SECOND = 1000;

    public Tallies {
        hosted = Collections.unmodifiableMap(hosted);
        exchanges = Collections.unmodifiableMap(exchanges);
    }

    /// Of a node that has just begun.
    public static Tallies none(int nodeId, long atMs) {
        return new Tallies(nodeId, atMs, Map.of(), QueueTraffic.NONE, Map.of(), Map.of(), Optional.empty());
    }

    /// The same, for rates against `older`.
    public Tallies after(Tallies older) {
        return new Tallies(nodeId, atMs, hosted, past, asked, exchanges, Optional.of(older.alone()));
    }

    /// The same, with what further queues have said.
    public Tallies with(Map<TopicId, QueueCounts> answers) {
        return new Tallies(nodeId, atMs, hosted, past, Map.copyOf(answers), exchanges, before);
    }

    private Tallies alone() {
        return before.isEmpty() ? this : new Tallies(nodeId, atMs, hosted, past, asked, exchanges, Optional.empty());
    }

    /// Nothing when it is not known here: the queue lives elsewhere, or is on disk and nobody has used it yet.
    public Optional<QueueCounts> of(QueueView queue) {
        HostedQueue known = hosted.get(queue.id());
        if (known != null) {
            return Optional.of(known.counts());
        }
        if (isAsked(queue)) {
            return Optional.ofNullable(asked.get(queue.id()));
        }
        boolean isUnused = queue.home() instanceof QueueView.Home.InMemory memory && memory.nodeId() == nodeId;
        return isUnused ? Optional.of(NOTHING) : Optional.empty();
    }

    /// Whether its counts are without bytes.
    public boolean isAsked(QueueView queue) {
        return asked.containsKey(queue.id());
    }

    public QueueTraffic traffic(QueueView queue) {
        HostedQueue known = hosted.get(queue.id());
        return known == null ? QueueTraffic.NONE : known.traffic();
    }

    public ExchangeTraffic.Counts traffic(Exchange exchange) {
        return exchanges.getOrDefault(exchange, ExchangeTraffic.Counts.NONE);
    }

    /// Of all queues that are known.
    public List<QueueCounts> allCounts() {
        return Stream.concat(hosted.values().stream().map(HostedQueue::counts), asked.values().stream())
                .toList();
    }

    /// Of all queues since the node's start.
    public QueueTraffic queueTraffic() {
        QueueTraffic sum = past;
        for (HostedQueue queue : hosted.values()) {
            sum = sum.plus(queue.traffic());
        }
        return sum;
    }

    /// Of all exchanges since the node's start.
    public ExchangeTraffic.Counts exchangeTraffic() {
        return exchanges.values().stream().reduce(ExchangeTraffic.Counts.NONE, ExchangeTraffic.Counts::plus);
    }

    /// By how much something grew in a second; 0 while that is not known.
    public double rate(ToLongFunction<Tallies> count) {
        if (before.isEmpty() || before.get().atMs >= atMs) {
            return 0;
        }
        long grown = count.applyAsLong(this) - count.applyAsLong(before.get());
        return grown * MS_A_SECOND / (atMs - before.get().atMs);
    }
}
