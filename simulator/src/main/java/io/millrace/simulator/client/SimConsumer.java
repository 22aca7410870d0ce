package io.millrace.simulator.client;

import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches;
import io.millrace.simulator.check.Batches.Batch;
import io.millrace.simulator.check.History;
import io.millrace.simulator.check.Violation;
import io.millrace.simulator.net.LinkAnswer;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;

/// A consumer of one partition from its beginning, that follows the leader.
///
/// Owned by: its own loop.
public final class SimConsumer {
    private static final long WAIT_MS = 300;
    private static final long LINK_TIMEOUT_MS = 2_000;

    private final History history;
    private final TopicPartition partition;
    private final SimLoop loop;
    private final SeededRandomness chance;
    private final LeaderFinder finder;
    private long offset;
    private long highWatermark;
    private long knownWhenAsked;

    public SimConsumer(
            World world,
            SimNetwork network,
            LeaderFinder.Nodes nodes,
            History history,
            int machine,
            TopicPartition partition) {
        this.history = history;
        this.partition = partition;
        this.loop = new SimLoop(world, "consumer " + machine);
        this.chance = world.chance("consumer " + machine);
        this.finder = new LeaderFinder(network, nodes, loop, machine, partition);
    }

    /// Begins to read, and never ends.
    public void start() {
        loop.after(chance.between(1, 100), this::fetch);
    }

    /// Whether it has read everything that is committed.
    public boolean isDone() {
        return offset >= history.committedEnd(partition);
    }

    public TopicPartition partition() {
        return partition;
    }

    private void fetch() {
        if (!finder.isKnown()) {
            finder.refresh();
        }
        if (!finder.isKnown()) {
            later();
            return;
        }
        knownWhenAsked = Math.max(highWatermark, history.highWatermarkSeen(partition));
        finder.send(
                new ClientCall.Fetch(partition, offset, finder.leaderEpoch(), WAIT_MS),
                LINK_TIMEOUT_MS,
                this::onAnswer);
    }

    private void onAnswer(LinkAnswer<ClientAnswer> answer) {
        switch (answer) {
            case LinkAnswer.Answered<ClientAnswer>(ClientAnswer.Fetched fetched) -> onFetched(fetched);
            case LinkAnswer.Answered<ClientAnswer>(ClientAnswer.Produced _) ->
                throw new Violation("a fetch was answered with a produce");
            case LinkAnswer.Failed<ClientAnswer> _ -> refreshLater();
        }
    }

    private void onFetched(ClientAnswer.Fetched fetched) {
        switch (fetched.error()) {
            case NONE -> take(fetched);
            case OFFSET_OUT_OF_RANGE -> onOutOfRange(fetched);
            case NOT_LEADER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PARTITION -> {
                finder.learn(fetched.leader());
                refreshLater();
            }
            case OFFSET_NOT_AVAILABLE, LEADER_NOT_AVAILABLE, STORAGE_ERROR -> refreshLater();
            default -> throw new Violation("%s: %s was told %s".formatted(partition, loop, fetched.error()));
        }
    }

    private void take(ClientAnswer.Fetched fetched) {
        long atLeast = fetched.isUnsure() ? 0 : knownWhenAsked;
        history.sawHighWatermark(partition, fetched.highWatermark(), atLeast, loop.toString());
        highWatermark = Math.max(highWatermark, fetched.highWatermark());
        for (Batch batch : Batches.parse(fetched.batches())) {
            history.read(partition, batch, loop.toString());
            if (batch.nextOffset() > offset) {
                offset = batch.nextOffset();
            }
        }
        loop.after(chance.between(0, 20), this::fetch);
    }

    private void onOutOfRange(ClientAnswer.Fetched fetched) {
        if (offset < fetched.startOffset()) {
            offset = fetched.startOffset();
        } else if (history.isLossy(partition)) {
            offset = Math.max(0, fetched.highWatermark());
            highWatermark = 0;
        } else {
            throw new Violation(
                    "%s: %s has read up to %d, and is told there is no such offset".formatted(partition, loop, offset));
        }
        later();
    }

    private void refreshLater() {
        finder.refresh();
        later();
    }

    private void later() {
        loop.after(chance.between(20, 100), this::fetch);
    }

    /// For a report: how far it came.
    @Override
    public String toString() {
        return "%s of %s: read up to %d of %d, believes in node %d epoch %d"
                .formatted(
                        loop,
                        partition,
                        offset,
                        history.committedEnd(partition),
                        finder.leader(),
                        finder.leaderEpoch());
    }
}
