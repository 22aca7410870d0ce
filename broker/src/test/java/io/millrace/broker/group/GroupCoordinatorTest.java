package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.commit;
import static io.millrace.broker.group.GroupFixture.join;
import static io.millrace.broker.group.GroupFixture.sync;
import static io.millrace.broker.group.GroupFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.Groups.Coordinator;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The coordinator on in-memory partitions, with one loop for shards and another for connections.
class GroupCoordinatorTest {
    private static final int PARTITIONS = 4;
    private static final GroupConfig CONFIG =
            GroupConfig.DEFAULT.withInitialRebalanceDelayMs(0).withOffsetsTopicPartitions(PARTITIONS);

    private final ManualClock clock = new ManualClock();
    private final ManualLoop shards = new ManualLoop(clock);
    private final ManualLoop connection = new ManualLoop(clock);
    private final FakeNode node = new FakeNode();
    private final FakeLog log = new FakeLog(shards);
    private final List<String> events = new ArrayList<>();
    private boolean mayLead = true;
    private int clusterSize = 1;
    private Groups groups = newCoordinator();

    private Groups newCoordinator() {
        GroupCoordinator coordinator = coordinator();
        coordinator.loadAll();
        return coordinator.groupsFor(connection, node);
    }

    private GroupCoordinator coordinator() {
        return new GroupCoordinator(new GroupCoordinator.Parts(
                FakeNode.NODE_ID,
                clusterSize,
                CONFIG,
                node,
                partition -> new ShardHome(shards, log, () -> mayLead),
                clock,
                new SeededRandomness(1),
                log,
                GroupFixture.SUBSCRIPTIONS,
                new Events()));
    }

    private final class Events implements CoordinatorEvents {
        @Override
        public void group(GroupEvent event) {}

        @Override
        public void loaded(TopicPartition partition, int groupCount, int offsets, Map<String, Integer> skipped) {
            events.add("loaded " + groupCount + " groups " + offsets + " offsets");
        }

        @Override
        public void loadFailed(TopicPartition partition, ErrorKind error) {
            events.add("failed " + error);
        }

        @Override
        public void unloaded(TopicPartition partition, String why) {
            events.add("unloaded");
        }
    }

    private void settle() {
        while (connection.runReady() + shards.runReady() > 0) {
            // turns of one loop post to the other
        }
    }

    private void pass(Duration time) {
        settle();
        long steps = time.toMillis() / 100;
        for (long step = 0; step < steps; step++) {
            clock.advanceMs(100);
            settle();
        }
    }

    private <R> GroupFixture.Asked<R> ask(GroupCommand<R> command) {
        GroupFixture.Asked<R> asked = new GroupFixture.Asked<>();
        connection.post(() -> groups.submit(command, answer -> {
            connection.assertOwned();
            asked.add(answer);
        }));
        settle();
        return asked;
    }

    private Coordinator find(String groupId) {
        List<Coordinator> found = new ArrayList<>();
        connection.post(() -> groups.findCoordinator(groupId, found::add));
        settle();
        return found.get(0);
    }

    private long committed(int partition) {
        var reply = ask(new FetchOffsets("group", false, List.of(new TopicPartition("orders", partition))))
                .answer();
        CommittedOffset offset = reply.positions().get(0).offset();
        return offset == null ? -1 : offset.offset();
    }

    @Test
    void firstGroupEverCreatesTheOffsetsTopic() {
        assertThat(find("group")).isEqualTo(new Coordinator(ErrorKind.NONE, FakeNode.NODE_ID));

        assertThat(node.created).hasSize(1);
        assertThat(node.created.get(0).name()).isEqualTo("__consumer_offsets");
        assertThat(node.created.get(0).partitions()).isEqualTo(PARTITIONS);
        assertThat(node.created.get(0).configs())
                .containsEntry("cleanup.policy", "compact")
                .containsEntry("segment.bytes", "104857600")
                .containsEntry("compression.type", "producer");
        find("other");
        assertThat(node.created).hasSize(1);
    }

    @Test
    void asksForACopyOnEveryNodeOfAClusterThatIsStillComingUp() {
        clusterSize = 5;
        groups = newCoordinator();

        find("group");

        assertThat(node.created.get(0).replicationFactor()).isEqualTo(3);
    }

    @Test
    void groupsLiveWhereKafkaPutsThem() {
        // Utils.abs("console-consumer-12345".hashCode()) % 50 and its like, with four partitions
        assertThat(coordinator().partitionOf("group")).isEqualTo(98_629_247 % PARTITIONS);
        assertThat(coordinator().partitionOf("connect-1")).isEqualTo(579_212_274 % PARTITIONS); // its hash is negative
        assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
        assertThat(coordinator().partitionOf("polygenelubricants")).isZero();
    }

    @Test
    void withoutTheTopicThereIsNoCoordinator() {
        assertThat(ask(join("")).answer().error()).isEqualTo(ErrorKind.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void groupComesToLifeAcrossLoops() {
        find("group");

        JoinGroup.Reply joined = ask(join("")).answer();
        SyncGroup.Reply synced =
                ask(sync(joined.memberId(), 1, to(joined.memberId(), "all"))).answer();

        assertThat(synced.error()).isEqualTo(ErrorKind.NONE);
        assertThat(ask(commit(joined.memberId(), 1, 0, 42)).answer().errors()).containsExactly(ErrorKind.NONE);
        assertThat(committed(0)).isEqualTo(42);
    }

    @Test
    void heartbeatsAppendNothing() {
        find("group");
        String member = ask(join("")).answer().memberId();
        ask(sync(member, 1));
        int appends = log.appends;

        for (int beat = 0; beat < 100; beat++) {
            assertThat(ask(new Heartbeat("group", member, null, 1)).answer()).isEqualTo(ErrorKind.NONE);
        }

        assertThat(log.appends).isEqualTo(appends);
    }

    @Test
    void commitsOfOneTurnBecomeOneBatch() {
        find("group");
        List<CommitOffsets.Reply> replies = new ArrayList<>();
        for (int index = 0; index < 50; index++) {
            CommitOffsets command = commit("", -1, index, index);
            connection.post(() -> groups.submit(command, replies::add));
        }

        settle();

        assertThat(replies).hasSize(50).allMatch(reply -> reply.errors().equals(List.of(ErrorKind.NONE)));
        assertThat(log.appends).isEqualTo(1);
        assertThat(committed(49)).isEqualTo(49);
    }

    @Test
    void commitIsAnsweredWhenTheLogHasIt() {
        find("group");
        log.holding = true;
        var asked = ask(commit("", -1, 0, 42));
        assertThat(asked.isAnswered()).isFalse();

        log.confirm(1);
        settle();

        assertThat(asked.answer().errors()).containsExactly(ErrorKind.NONE);
    }

    @Test
    void aNodeThatStopsSendsAwayWhoWaitsForOthers() {
        GroupCoordinator coordinator = coordinator();
        coordinator.loadAll();
        groups = coordinator.groupsFor(connection, node);
        find("group");
        String leader = ask(join("")).answer().memberId();
        ask(sync(leader, 1, to(leader, "all")));
        var waiting = ask(join("")); // until the leader joins again
        log.holding = true;
        var onItsWay = ask(commit(leader, 1, 0, 42));
        assertThat(waiting.isAnswered()).isFalse();

        coordinator.drain();
        settle();

        assertThat(waiting.answer().error()).isEqualTo(ErrorKind.NOT_COORDINATOR);
        assertThat(ask(join(leader)).answer().error()).isEqualTo(ErrorKind.NOT_COORDINATOR);
        assertThat(onItsWay.isAnswered()).isFalse();
        log.confirm(1);
        settle();
        assertThat(onItsWay.isAnswered()).isTrue();
    }

    @Test
    void confirmationsAreTakenInLogOrder() {
        find("group");
        log.holding = true;
        var first = ask(commit("", -1, 0, 1));
        var second = ask(commit("", -1, 0, 2));

        log.confirmInReverse();
        settle();

        assertThat(first.isAnswered()).isTrue();
        assertThat(second.isAnswered()).isTrue();
        assertThat(committed(0)).isEqualTo(2);
    }

    @Test
    void slowLogIsToldToTheClientAndALateConfirmationStillCounts() {
        find("group");
        log.holding = true;
        var asked = ask(commit("", -1, 0, 42));

        pass(Duration.ofMillis(CONFIG.commitTimeoutMs()));
        assertThat(asked.answer().errors()).containsExactly(ErrorKind.COORDINATOR_NOT_AVAILABLE);
        log.confirm(1);
        settle();

        assertThat(committed(0)).isEqualTo(42);
    }

    @Test
    void fullDiskSendsCommitsElsewhereAndKeepsWhatIsThere() {
        find("group");
        ask(commit("", -1, 0, 42));
        log.refuseWith = ErrorKind.STORAGE_ERROR;

        assertThat(ask(commit("", -1, 0, 43)).answer().errors()).containsExactly(ErrorKind.NOT_COORDINATOR);

        assertThat(committed(0)).isEqualTo(42);
        log.refuseWith = ErrorKind.NONE;
        assertThat(ask(commit("", -1, 0, 44)).answer().errors()).containsExactly(ErrorKind.NONE);
    }

    @Test
    void restartFindsGroupsAndPositionsInTheLog() {
        find("group");
        String member = ask(join("")).answer().memberId();
        ask(sync(member, 1, to(member, "all")));
        for (int index = 0; index < 20; index++) {
            ask(commit(member, 1, index, index));
        }
        log.fetchBytes = 64; // many small reads

        groups = newCoordinator();
        settle();

        assertThat(ask(new Heartbeat("group", member, null, 1)).answer()).isEqualTo(ErrorKind.NONE);
        assertThat(committed(19)).isEqualTo(19);
        assertThat(events).contains("loaded 1 groups 20 offsets");
        assertThat(log.openSlices).isZero();
    }

    @Test
    void requestsDuringLoadingAreAskedToComeAgain() {
        find("group");
        ask(commit("", -1, 0, 42));
        groups = newCoordinator();
        log.readsFailWith = ErrorKind.STORAGE_ERROR;

        assertThat(ask(new DescribeGroup("group")).answer().error()).isEqualTo(ErrorKind.COORDINATOR_LOADING);
        List<ListGroups.Reply> listed = new ArrayList<>();
        connection.post(() -> groups.list(new ListGroups(Set.of(), Set.of()), listed::add));
        settle();
        assertThat(listed.get(0).error()).isEqualTo(ErrorKind.COORDINATOR_LOADING);

        log.readsFailWith = ErrorKind.NONE;
        pass(Duration.ofSeconds(1));
        assertThat(committed(0)).isEqualTo(42);
    }

    @Test
    void lostLeadershipSendsEveryoneAway() {
        find("group");
        String first = ask(join("")).answer().memberId();
        ask(sync(first, 1));
        var waiting = ask(join(""));
        node.lead("__consumer_offsets", PARTITIONS, 2, 1);

        assertThat(ask(new Heartbeat("group", first, null, 1)).answer()).isEqualTo(ErrorKind.NOT_COORDINATOR);
        assertThat(waiting.answer().error()).isEqualTo(ErrorKind.NOT_COORDINATOR);
        assertThat(find("group").nodeId()).isEqualTo(2);
    }

    @Test
    void saysNothingFromMemoryWhenOthersMayLead() {
        node.replicas = List.of(FakeNode.NODE_ID, 2, 3);
        find("group");
        ask(commit("", -1, 0, 42));
        var fetch = new FetchOffsets("group", false, List.of(new TopicPartition("orders", 0)));

        mayLead = false;
        assertThat(ask(fetch).answer().error()).isEqualTo(ErrorKind.NOT_COORDINATOR);

        mayLead = true;
        assertThat(committed(0)).isEqualTo(42);
        assertThat(events).doesNotContain("unloaded");
    }

    @Test
    void newLeaderEpochReadsTheLogAgain() {
        find("group");
        ask(commit("", -1, 0, 42));
        node.lead("__consumer_offsets", PARTITIONS, FakeNode.NODE_ID, 1);

        ask(new DescribeGroup("group"));
        pass(Duration.ofMillis(100));

        assertThat(committed(0)).isEqualTo(42);
        assertThat(events).contains("unloaded");
    }

    @Test
    void offsetsTopicMadeAgainBeginsEmpty() {
        find("group");
        ask(commit("", -1, 0, 42));
        node.life++;
        node.lead("__consumer_offsets", PARTITIONS, FakeNode.NODE_ID, 0);
        log.forget();

        ask(new DescribeGroup("group"));

        assertThat(committed(0)).isEqualTo(-1);
    }

    @Test
    void sessionsEndWithoutAnyRequest() {
        find("group");
        String member = ask(join("")).answer().memberId();
        ask(sync(member, 1));

        pass(Duration.ofMillis(GroupFixture.SESSION_MS));

        assertThat(ask(new DescribeGroup("group")).answer().state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void listGathersAllShards() {
        find("group");
        for (int index = 0; index < 20; index++) {
            String groupId = "group-" + index;
            ask(new CommitOffsets(
                    groupId, "", null, -1, true, -1, commit("", -1, 0, 1).commits()));
        }
        List<ListGroups.Reply> listed = new ArrayList<>();

        connection.post(() -> groups.list(new ListGroups(Set.of(), Set.of()), listed::add));
        settle();

        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).error()).isEqualTo(ErrorKind.NONE);
        assertThat(listed.get(0).groups()).hasSize(20);
    }

    @Test
    void emptyGroupIdIsForPositionsOnly() {
        find("group");
        JoinGroup nameless = new JoinGroup(
                "", "", null, "c", "h", 10_000, 60_000, "consumer", GroupFixture.speaking("range"), false, false, "");

        assertThat(ask(nameless).answer().error()).isEqualTo(ErrorKind.INVALID_GROUP_ID);
        assertThat(ask(new FetchOffsets("", true, List.of())).answer().error()).isEqualTo(ErrorKind.NONE);
        assertThat(ask(new FetchOffsets("g".repeat(10_001), true, List.of()))
                        .answer()
                        .error())
                .isEqualTo(ErrorKind.INVALID_GROUP_ID);
    }

    @Test
    void deletedTopicTakesItsPositionsAlong() {
        GroupCoordinator coordinator = coordinator();
        groups = coordinator.groupsFor(connection, node);
        find("group");
        ask(commit("", -1, 0, 42));

        coordinator.onTopicDeleted("orders");
        settle();

        assertThat(committed(0)).isEqualTo(-1);
    }
}
