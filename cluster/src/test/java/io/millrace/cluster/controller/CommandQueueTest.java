package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Commands in several steps through a log that refuses some of them.
class CommandQueueTest {
    private static final int WIDE = 10_000;

    private final ManualLoop loop = new ManualLoop(new ManualClock());
    private final MoodyLog log = new MoodyLog();
    private final List<String> replies = new ArrayList<>();
    private final CommandQueue queue =
            new CommandQueue(loop, log, new SeededRandomness(1), () -> replies.add("half done"));
    private MetadataImage image;

    CommandQueueTest() {
        Steps steps = new Steps(TestImage.ofNodes(3));
        steps.run(new CreateTopics(List.of(TestImage.topic("wide", WIDE, 3)), false));
        image = steps.image();
        loop.call(() -> {
            queue.onLeading(1, image);
            return true;
        });
    }

    private static AlterConfigs cordoning(boolean cordoned) {
        ConfigChange change = cordoned
                ? new ConfigChange(Cordon.SETTING, Operation.SET, "*")
                : new ConfigChange(Cordon.SETTING, Operation.DELETE, null);
        ConfigResource node = new ConfigResource(ConfigResource.Kind.NODE, "2");
        return new AlterConfigs(List.of(new ConfigChanges(node, false, List.of(change))), false);
    }

    private void cordon(String name, boolean cordoned) {
        submit(name, cordoning(cordoned), List::getFirst);
    }

    private void submit(String name, Command<Outcome> command) {
        submit(name, command, outcome -> outcome);
    }

    private <R> void submit(String name, Command<R> command, Function<R, Outcome> outcome) {
        loop.call(() -> {
            queue.submit(
                    command,
                    reply -> replies.add(name + " " + outcome.apply(reply).error()),
                    () -> replies.add(name + " not leading"));
            return true;
        });
    }

    /// Commits what was proposed until nothing more is.
    private void commitAll() {
        while (!log.accepted.isEmpty()) {
            commitOne();
        }
    }

    private void commitOne() {
        MoodyLog.Proposed proposed = log.accepted.remove();
        image = image.with(proposed.records());
        loop.call(() -> {
            queue.onCommitted(new MetadataLog.Position(proposed.lastOffset(), 1, 0), image);
            return true;
        });
    }

    private MetadataImage fencedInOneGo() {
        Steps steps = new Steps(image);
        steps.run(new FenceNode(1, 1));
        steps.run(cordoning(true));
        return steps.image();
    }

    @Test
    void takesSeveralBatchesForOneCommandAndAnswersWithTheLast() {
        MetadataImage wanted = fencedInOneGo();
        submit("fence", new FenceNode(1, 1));
        cordon("cordon", true);

        assertThat(replies).isEmpty();
        commitOne();
        assertThat(replies).isEmpty();
        commitAll();

        assertThat(replies).containsExactly("fence NONE", "cordon NONE");
        assertThat(log.largest).isLessThanOrEqualTo(2 * SettlePartitions.STEP_MAX + 1_000);
        assertThat(image.topics()).containsExactlyElementsOf(wanted.topics());
        assertThat(image.nodes()).isEqualTo(wanted.nodes());
    }

    @Test
    void decidesTheStepsOfABatchAgainWhenTheLogIsBusy() {
        MetadataImage wanted = fencedInOneGo();
        log.moods.addAll(List.of(new MetadataLog.AppendReply.Busy(), new MetadataLog.AppendReply.Busy()));
        submit("fence", new FenceNode(1, 1));
        cordon("cordon", true);
        loop.advance(Duration.ofMillis(20));
        commitOne();
        log.moods.add(new MetadataLog.AppendReply.Busy());
        commitOne();
        loop.advance(Duration.ofMillis(20));
        commitAll();

        assertThat(replies).containsExactly("fence NONE", "cordon NONE");
        assertThat(image.topics()).containsExactlyElementsOf(wanted.topics());
    }

    @Test
    void answersOnceWhenTheDiskRefusesAStep() {
        submit("fence", new FenceNode(1, 1));
        log.moods.add(new MetadataLog.AppendReply.DiskRefused("full"));
        cordon("cordon", true);
        commitAll();

        assertThat(replies).containsExactly("fence " + ErrorKind.STORAGE_ERROR, "half done", "cordon NONE");
    }

    @Test
    void leavesNothingHalfDoneWhenTheDiskRefusesTheFirstStep() {
        log.moods.add(new MetadataLog.AppendReply.DiskRefused("full"));
        submit("fence", new FenceNode(1, 1));
        commitAll();

        assertThat(replies).containsExactly("fence " + ErrorKind.STORAGE_ERROR);
    }

    @Test
    void letsOthersHaveTheirTurnWhileItLooksAtManyPartitions() {
        Steps steps = new Steps(TestImage.ofNodes(3));
        for (int topic = 0; topic < 5; topic++) {
            steps.run(new CreateTopics(List.of(TestImage.topic("wide" + topic, WIDE, 3)), false));
        }
        image = steps.image();
        loop.post(() -> queue.onLeading(2, image));
        loop.post(() -> queue.submit(
                SettlePartitions.of(new SettlePartitions.Scope.All()),
                outcome -> replies.add("settled " + outcome.error()),
                () -> {}));
        loop.post(() -> loop.post(() -> replies.add("heartbeat")));
        loop.runReady();

        assertThat(replies).containsExactly("heartbeat", "settled NONE");
    }

    @Test
    void saysWhatIsUnknownAndWhatWasNotDoneWhenItLeadsNoMore() {
        cordon("cordon", true);
        cordon("uncordon", false);
        loop.call(() -> {
            queue.onFollowing();
            return true;
        });
        cordon("late", false);

        assertThat(replies)
                .containsExactly("cordon " + ErrorKind.REQUEST_TIMED_OUT, "uncordon not leading", "late not leading");
    }

    @Test
    void takesNoOtherLeadersBatchForItsOwn() {
        cordon("cordon", true);
        long ours = log.accepted.remove().lastOffset();

        loop.call(() -> {
            queue.onCommitted(new MetadataLog.Position(ours + 3, 2, 0), image);
            return true;
        });

        assertThat(replies).containsExactly("cordon " + ErrorKind.REQUEST_TIMED_OUT);
    }

    /// Accepts, but for the moods it is in.
    private static final class MoodyLog implements MetadataLog {
        private record Proposed(List<MetadataRecord> records, long lastOffset) {}

        private final Deque<AppendReply> moods = new ArrayDeque<>();
        private final Deque<Proposed> accepted = new ArrayDeque<>();
        private long nextOffset;
        private int largest;

        @Override
        public AppendReply append(int epoch, List<MetadataRecord> batch) {
            if (!moods.isEmpty()) {
                return moods.remove();
            }
            nextOffset += batch.size();
            largest = Math.max(largest, batch.size());
            accepted.add(new Proposed(List.copyOf(batch), nextOffset - 1));
            return new AppendReply.Accepted(nextOffset - 1);
        }

        @Override
        public void start(Loop loop, Listener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void writeSnapshot(Position last, Contents contents) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void quorum(Consumer<QuorumView> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SortedSet<Integer> voters() {
            return new TreeSet<>();
        }

        @Override
        public Optional<PeerAddress> addressOf(int nodeId) {
            return Optional.empty();
        }

        @Override
        public void addVoter(Voter voter, Consumer<Outcome> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
