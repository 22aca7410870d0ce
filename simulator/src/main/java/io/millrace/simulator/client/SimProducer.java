package io.millrace.simulator.client;

import io.millrace.broker.partition.Acks;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches;
import io.millrace.simulator.check.History;
import io.millrace.simulator.check.Violation;
import io.millrace.simulator.net.LinkAnswer;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.SimClock;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;

/// A producer of numbers into one partition, a few batches in flight. With `acks=all` it is idempotent and never gives
/// up: every batch is sent until it is acknowledged, in order.
///
/// Owned by: its own loop.
public final class SimProducer {
    private static final int IN_FLIGHT_MAX = 3;
    private static final int QUEUED_MAX = 6;
    private static final int RECORDS_MAX = 5;
    private static final long TIMEOUT_MS = 1_500;
    private static final long LINK_TIMEOUT_MS = 2_500;

    private final World world;
    private final History history;
    private final TopicPartition partition;
    private final Acks acks;
    private final long producerId;
    private final SimLoop loop;
    private final SeededRandomness chance;
    private final LeaderFinder finder;
    private final List<Sent> queue = new ArrayList<>();
    private final int paceMs;
    private int nextSequence;
    private boolean isBackingOff;
    private boolean isStopped;

    private static final class Sent {
        private final int sequence;
        private final int count;
        private final long timestampMs;
        private boolean isInFlight;

        Sent(int sequence, int count, long timestampMs) {
            this.sequence = sequence;
            this.count = count;
            this.timestampMs = timestampMs;
        }
    }

    /// @param machine where it runs; also what tells its numbers from those of others
    public SimProducer(
            World world,
            SimNetwork network,
            LeaderFinder.Nodes nodes,
            History history,
            int machine,
            TopicPartition partition,
            Acks acks) {
        this.world = world;
        this.history = history;
        this.partition = partition;
        this.acks = acks;
        this.producerId = acks == Acks.ALL ? machine : -1;
        this.loop = new SimLoop(world, "producer " + machine);
        this.chance = world.chance("producer " + machine);
        this.finder = new LeaderFinder(network, nodes, loop, machine, partition);
        this.paceMs = chance.between(2, 60);
    }

    /// Begins to produce.
    public void start() {
        loop.after(chance.between(1, paceMs * 2), this::tick);
    }

    /// Makes no new batches; what is under way is still to be acknowledged.
    public void stop() {
        isStopped = true;
    }

    /// Whether everything it made is acknowledged.
    public boolean isDone() {
        return queue.isEmpty();
    }

    public TopicPartition partition() {
        return partition;
    }

    private void tick() {
        if (isStopped) {
            return;
        }
        if (queue.size() < QUEUED_MAX) {
            int count = chance.between(1, RECORDS_MAX);
            queue.add(new Sent(nextSequence, count, SimClock.SOME_DAY_MS + world.nowMs()));
            nextSequence += count;
            pump();
        }
        loop.after(chance.between(1, paceMs * 2), this::tick);
    }

    private void pump() {
        if (isBackingOff) {
            return;
        }
        if (!finder.isKnown()) {
            finder.refresh();
            if (!finder.isKnown()) {
                backOff();
                return;
            }
        }
        long inFlight = queue.stream().filter(sent -> sent.isInFlight).count();
        for (Sent sent : queue) {
            if (!sent.isInFlight && inFlight < IN_FLIGHT_MAX) {
                inFlight++;
                send(sent);
            }
        }
    }

    private void send(Sent sent) {
        sent.isInFlight = true;
        var batch = Batches.of(producerId, sent.sequence, sent.timestampMs, value(sent), sent.count);
        finder.send(
                new ClientCall.Produce(partition, batch, acks, TIMEOUT_MS),
                LINK_TIMEOUT_MS,
                answer -> onAnswer(sent, answer));
    }

    private long value(Sent sent) {
        return (long) loop.toString().hashCode() << 32 | sent.sequence;
    }

    private void onAnswer(Sent sent, LinkAnswer<ClientAnswer> answer) {
        sent.isInFlight = false;
        switch (answer) {
            case LinkAnswer.Answered<ClientAnswer>(ClientAnswer.Produced produced) -> onProduced(sent, produced);
            case LinkAnswer.Answered<ClientAnswer>(ClientAnswer.Fetched _) ->
                throw new Violation("a produce was answered with a fetch");
            case LinkAnswer.Failed<ClientAnswer> _ -> backOff();
        }
    }

    private void onProduced(Sent sent, ClientAnswer.Produced produced) {
        switch (produced.error()) {
            case NONE -> acknowledged(sent, produced.baseOffset());
            case DUPLICATE_SEQUENCE -> acknowledged(sent, -1);
            case OUT_OF_ORDER_SEQUENCE -> onOutOfOrder(sent);
            case NOT_LEADER, FENCED_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE -> {
                finder.refresh();
                finder.learn(produced.leader());
                backOff();
            }
            case NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT, STORAGE_ERROR -> backOff();
            default -> throw new Violation("%s: %s was told %s".formatted(partition, loop, produced.error()));
        }
    }

    private void acknowledged(Sent sent, long baseOffset) {
        queue.remove(sent);
        if (acks == Acks.ALL) {
            if (baseOffset >= 0) {
                history.acknowledged(partition, baseOffset, value(sent), sent.count);
            } else if (!history.isLossy(partition)
                    && history.committedBy(partition, producerId) < sent.sequence + sent.count) {
                throw new Violation("%s: %s was told that sequence %d is there, but it is not committed"
                        .formatted(partition, loop, sent.sequence));
            }
        }
        pump();
    }

    /// Behind a batch that is not there yet this is as it should be; for the first one it means that one before it,
    /// which was acknowledged, is gone.
    private void onOutOfOrder(Sent sent) {
        if (!queue.contains(sent)) {
            return;
        }
        if (queue.getFirst() != sent) {
            backOff();
        } else if (history.committedBy(partition, producerId) >= sent.sequence + sent.count) {
            // It is there, but a log that was closed in order remembers each producer's last batch only, as Kafka's
            // snapshots do: of several that were under way, the earlier ones are not known to be duplicates.
            acknowledged(sent, -1);
        } else if (history.isLossy(partition)) {
            isStopped = true;
            queue.clear();
        } else {
            backOff(); // it may be there without being committed; if what was before is gone, this never ends
        }
    }

    /// Everything is sent again, in order, when nothing is in flight any more.
    private void backOff() {
        if (!isBackingOff) {
            isBackingOff = true;
            loop.after(chance.between(20, 100), this::resume);
        }
    }

    private void resume() {
        if (queue.stream().anyMatch(sent -> sent.isInFlight)) {
            loop.after(chance.between(5, 20), this::resume);
            return;
        }
        isBackingOff = false;
        finder.refresh();
        pump();
    }

    /// For a report: what it is stuck with.
    @Override
    public String toString() {
        return "%s to %s: %d batches not acknowledged, believes in node %d epoch %d"
                .formatted(loop, partition, queue.size(), finder.leader(), finder.leaderEpoch());
    }
}
