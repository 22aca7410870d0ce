package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.REBALANCE_MS;
import static io.millrace.broker.group.GroupFixture.SESSION_MS;
import static io.millrace.broker.group.GroupFixture.bytes;
import static io.millrace.broker.group.GroupFixture.join;
import static io.millrace.broker.group.GroupFixture.requiringId;
import static io.millrace.broker.group.GroupFixture.speaking;
import static io.millrace.broker.group.GroupFixture.sync;
import static io.millrace.broker.group.GroupFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.JoinGroup.JoinedMember;
import io.millrace.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The classic protocol's rebalance: KIP-62, KIP-134, KIP-394, KIP-559.
class JoinAndSyncTest {
    private final GroupFixture group = new GroupFixture();

    @Test
    void firstMemberLeadsAndGetsWhatItAssigns() {
        JoinGroup.Reply joined = group.ask(join("")).answer();

        assertThat(joined.error()).isEqualTo(ErrorKind.NONE);
        assertThat(joined.generation()).isEqualTo(1);
        assertThat(joined.protocol()).isEqualTo("range");
        assertThat(joined.leader()).isEqualTo(joined.memberId()).startsWith("client-");
        assertThat(joined.members()).containsExactly(new JoinedMember(joined.memberId(), null, bytes("orders")));
        assertThat(group.state()).isEqualTo(GroupState.COMPLETING_REBALANCE);

        SyncGroup.Reply synced = group.ask(sync(joined.memberId(), 1, to(joined.memberId(), "all")))
                .answer();

        assertThat(synced).isEqualTo(new SyncGroup.Reply(ErrorKind.NONE, "consumer", "range", bytes("all")));
        assertThat(group.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void emptyGroupWaitsForMoreMembersAndExtendsTheWaitWhenOneComes() { // KIP-134
        GroupFixture slow = new GroupFixture(GroupConfig.DEFAULT);
        var first = slow.ask(join(""));
        slow.pass(2_000);
        var second = slow.ask(join(""));
        slow.pass(1_500);
        assertThat(first.isAnswered()).isFalse();

        slow.pass(2_500);

        assertThat(first.answer().generation()).isEqualTo(1);
        assertThat(first.answer().members()).hasSize(2);
        assertThat(second.answer().members()).isEmpty();
    }

    @Test
    void newDynamicMemberComesBackWithTheIdItWasGiven() { // KIP-394
        JoinGroup.Reply told = group.ask(requiringId(join(""))).answer();
        assertThat(told.error()).isEqualTo(ErrorKind.MEMBER_ID_REQUIRED);

        JoinGroup.Reply joined = group.ask(requiringId(join(told.memberId()))).answer();

        assertThat(joined.error()).isEqualTo(ErrorKind.NONE);
        assertThat(joined.memberId()).isEqualTo(told.memberId());
    }

    @Test
    void rebalanceWaitsForAPendingIdUntilItsSessionTimeout() { // KIP-394
        String leader = group.stableAlone();
        group.ask(requiringId(join("")));
        var again = group.ask(join(leader));
        assertThat(again.isAnswered()).isFalse();

        group.pass(SESSION_MS);

        assertThat(again.answer().members()).hasSize(1);
        assertThat(again.answer().generation()).isEqualTo(2);
    }

    @Test
    void unusedIdIsForgotten() {
        JoinGroup.Reply told = group.ask(requiringId(join(""))).answer();

        group.pass(SESSION_MS);

        assertThat(group.ask(join(told.memberId())).answer().error()).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
    }

    @Test
    void everyoneJoinsAgainWhenSomeoneNewCame() {
        String leader = group.stableAlone();
        var newcomer = group.ask(join(""));

        assertThat(group.beat(leader, 1)).isEqualTo(ErrorKind.REBALANCE_IN_PROGRESS);
        JoinGroup.Reply leads = group.ask(join(leader)).answer();

        assertThat(leads.generation()).isEqualTo(2);
        assertThat(leads.members()).hasSize(2);
        String follower = newcomer.answer().memberId();
        var followerSync = group.ask(sync(follower, 2));
        assertThat(followerSync.isAnswered()).isFalse();
        group.ask(sync(leader, 2, to(leader, "one"), to(follower, "two")));
        assertThat(followerSync.answer().assignment()).isEqualTo(bytes("two"));
    }

    @Test
    void memberThatDoesNotJoinAgainInTimeIsRemoved() { // KIP-62
        String first = group.stableAlone();
        var newcomer = group.ask(join(""));

        for (int beats = 0; beats < REBALANCE_MS / 5_000; beats++) {
            group.beat(first, 1);
            group.pass(5_000);
        }

        assertThat(newcomer.answer().members()).hasSize(1);
        assertThat(newcomer.answer().leader()).isEqualTo(newcomer.answer().memberId());
        assertThat(group.beat(first, 1)).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
    }

    @Test
    void memberThatSendsNoSyncIsRemoved() { // KAFKA-13304: the sync has a deadline, too
        String leader = group.stableAlone();
        var newcomer = group.ask(join(""));
        group.ask(join(leader));
        String silent = newcomer.answer().memberId();
        group.ask(sync(leader, 2, to(leader, "all")));

        for (int beats = 0; beats <= REBALANCE_MS / 5_000; beats++) {
            group.beat(silent, 2);
            group.beat(leader, 2);
            group.pass(5_000);
        }

        assertThat(group.beat(silent, 2)).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
        assertThat(group.ask(join(leader)).answer().members()).hasSize(1);
    }

    @Test
    void protocolWithMostVotesWins() {
        var one = group.ask(join("", null, speaking("range", "sticky")));
        String first = one.answer().memberId();
        var two = group.ask(join("", null, speaking("sticky", "range")));
        group.ask(join(first, null, speaking("range", "sticky")));
        String second = two.answer().memberId();

        var three = group.ask(join("", null, speaking("sticky", "roundrobin", "range")));
        group.ask(join(first, null, speaking("range", "sticky")));
        group.ask(join(second, null, speaking("sticky", "range")));

        assertThat(three.answer().protocol()).isEqualTo("sticky");
    }

    @Test
    void memberWithoutACommonProtocolIsRefused() {
        group.stableAlone();

        assertThat(group.ask(join("", null, speaking("roundrobin"))).answer().error())
                .isEqualTo(ErrorKind.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(group.ask(join("", null, List.of())).answer().error())
                .isEqualTo(ErrorKind.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void aFirstMemberThatSpeaksNothingLeavesNoGroupBehind() {
        assertThat(group.ask(join("", null, List.of())).answer().error())
                .isEqualTo(ErrorKind.INCONSISTENT_GROUP_PROTOCOL);

        assertThat(group.shard.groupCount()).isZero();
    }

    @Test
    void foreignProtocolTypesAreServedLikeAnyOther() { // Kafka Connect
        JoinGroup worker = new JoinGroup(
                "connect-cluster",
                "",
                null,
                "connect-1",
                "/127.0.0.1",
                SESSION_MS,
                REBALANCE_MS,
                "connect",
                List.of(new JoinGroup.Protocol("sessioned", bytes("\u0000\u0001"))),
                false,
                false,
                "");

        JoinGroup.Reply joined = group.ask(worker).answer();

        assertThat(joined.protocolType()).isEqualTo("connect");
        assertThat(joined.protocol()).isEqualTo("sessioned");
        assertThat(group.shard.list(new ListGroups(java.util.Set.of(), java.util.Set.of())))
                .containsExactly(new ListGroups.Listing("connect-cluster", "connect", GroupState.COMPLETING_REBALANCE));
    }

    @Test
    void followerThatJoinsAgainUnchangedLearnsWhereTheGroupStands() {
        String leader = group.stableAlone();
        var newcomer = group.ask(join(""));
        group.ask(join(leader));
        String follower = newcomer.answer().memberId();
        group.ask(sync(leader, 2, to(follower, "f")));
        group.ask(sync(follower, 2));

        JoinGroup.Reply again = group.ask(join(follower)).answer();

        assertThat(again.generation()).isEqualTo(2);
        assertThat(again.leader()).isEqualTo(leader);
        assertThat(again.members()).isEmpty();
        assertThat(group.ask(sync(follower, 2)).answer().assignment()).isEqualTo(bytes("f"));
    }

    @Test
    void leaderOrAChangedFollowerStartsARebalance() {
        String leader = group.stableAlone();

        assertThat(group.ask(join(leader)).answer().generation()).isEqualTo(2);
    }

    @Test
    void lostJoinAnswerIsGivenAgain() {
        JoinGroup.Reply first = group.ask(join("")).answer();

        assertThat(group.ask(join(first.memberId())).answer()).isEqualTo(first);
    }

    @Test
    void syncSaysWhatIsWrong() { // KIP-559 for the protocol
        String member = group.stableAlone();

        assertThat(group.ask(sync(member, 7)).answer().error()).isEqualTo(ErrorKind.ILLEGAL_GENERATION);
        assertThat(group.ask(sync("stranger", 1)).answer().error()).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
        assertThat(group.ask(new SyncGroup("group", member, null, 1, "connect", null, List.of()))
                        .answer()
                        .error())
                .isEqualTo(ErrorKind.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(group.ask(new SyncGroup("other", member, null, 1, null, null, List.of()))
                        .answer()
                        .error())
                .isEqualTo(ErrorKind.UNKNOWN_MEMBER);
    }

    @Test
    void syncDuringARebalanceIsSentBackToJoin() {
        String leader = group.stableAlone();
        group.ask(join(""));

        assertThat(group.ask(sync(leader, 1)).answer().error()).isEqualTo(ErrorKind.REBALANCE_IN_PROGRESS);
    }

    @Test
    void waitingSyncIsCalledOffByANewRebalance() {
        String leader = group.stableAlone();
        var newcomer = group.ask(join(""));
        group.ask(join(leader));
        var waiting = group.ask(sync(newcomer.answer().memberId(), 2));

        group.ask(join(""));

        assertThat(waiting.answer().error()).isEqualTo(ErrorKind.REBALANCE_IN_PROGRESS);
    }

    @Test
    void sessionTimeoutHasBounds() {
        JoinGroup tooShort = new JoinGroup(
                "group", "", null, "c", "h", 5_999, 60_000, "consumer", speaking("range"), false, false, "");

        assertThat(group.ask(tooShort).answer().error()).isEqualTo(ErrorKind.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void fullGroupRefusesNewcomersButKeepsItsMembers() { // KIP-389
        GroupFixture small = new GroupFixture(
                GroupConfig.DEFAULT.withInitialRebalanceDelayMs(0).withGroupSizeMax(1));
        String member = small.stableAlone();

        assertThat(small.ask(join("")).answer().error()).isEqualTo(ErrorKind.GROUP_MAX_SIZE_REACHED);
        assertThat(small.beat(member, 1)).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void textThatNoRecordCanHoldIsRefused() {
        JoinGroup huge = new JoinGroup(
                "group",
                "",
                "i".repeat(40_000),
                "c",
                "h",
                SESSION_MS,
                REBALANCE_MS,
                "consumer",
                speaking("range"),
                false,
                false,
                "");

        assertThat(group.ask(huge).answer().error()).isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    @Test
    void assignmentsThatCannotBeStoredStartOver() {
        JoinGroup.Reply joined = group.ask(join("")).answer();
        group.hold();
        var synced = group.ask(sync(joined.memberId(), 1, to(joined.memberId(), "all")));
        assertThat(synced.isAnswered()).isFalse();

        group.refuseAll(ErrorKind.REQUEST_TIMED_OUT);

        assertThat(synced.answer().error()).isEqualTo(ErrorKind.COORDINATOR_NOT_AVAILABLE);
        assertThat(group.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
        assertThat(group.ask(join(joined.memberId())).answer().generation()).isEqualTo(2);
    }

    @Test
    void assignmentsConfirmedAfterANewRebalanceBeganStayWithoutEffect() {
        JoinGroup.Reply joined = group.ask(join("")).answer();
        group.hold();
        var synced = group.ask(sync(joined.memberId(), 1, to(joined.memberId(), "all")));
        group.ask(join(""));
        assertThat(synced.answer().error()).isEqualTo(ErrorKind.REBALANCE_IN_PROGRESS);

        group.confirmAll();

        assertThat(group.state()).isEqualTo(GroupState.PREPARING_REBALANCE);
    }
}
