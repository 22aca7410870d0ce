package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.REBALANCE_MS;
import static io.millrace.broker.group.GroupFixture.SESSION_MS;
import static io.millrace.broker.group.GroupFixture.bytes;
import static io.millrace.broker.group.GroupFixture.join;
import static io.millrace.broker.group.GroupFixture.requiringId;
import static io.millrace.broker.group.GroupFixture.speaking;
import static io.millrace.broker.group.GroupFixture.staticJoin;
import static io.millrace.broker.group.GroupFixture.sync;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.GroupRecord.GroupMetadataStored;
import io.millrace.broker.group.LeaveGroup.Leaver;
import io.millrace.broker.group.LeaveGroup.Left;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sessions, leaving, and static members (KIP-345, KIP-814).
class MembershipTest {
    private final GroupFixture group = new GroupFixture();

    @Test
    void silentMemberIsRemovedWhenItsSessionEnds() {
        String member = group.stableAlone();
        group.pass(SESSION_MS - 1);
        assertThat(group.state()).isEqualTo(GroupState.STABLE);

        group.pass(1);

        assertThat(group.state()).isEqualTo(GroupState.EMPTY);
        assertThat(group.beat(member, 1)).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
        GroupMetadataStored last = (GroupMetadataStored) group.log.getLast();
        assertThat(last.members()).isEmpty();
        assertThat(last.generation()).isEqualTo(2);
    }

    @Test
    void heartbeatsKeepAMemberAndCostNoRecord() {
        String member = group.stableAlone();
        int records = group.log.size();
        int deadlines = group.shard.deadlines().queued();

        for (int beat = 0; beat < 1_000; beat++) {
            assertThat(group.beat(member, 1)).isEqualTo(ErrorKind.NONE);
            group.pass(SESSION_MS / 2);
        }

        assertThat(group.log).hasSize(records);
        assertThat(group.shard.deadlines().queued()).isLessThanOrEqualTo(deadlines + 1);
    }

    @Test
    void thousandMembersShareAGroup() {
        GroupFixture large = new GroupFixture(GroupConfig.DEFAULT);
        List<GroupFixture.Asked<JoinGroup.Reply>> joins = new ArrayList<>();
        for (int index = 0; index < 1_000; index++) {
            joins.add(large.ask(join("")));
        }
        large.pass(6_000);
        JoinGroup.Reply leader = joins.getFirst().answer();
        List<SyncGroup.Assignment> assignments = leader.members().stream()
                .map(member -> new SyncGroup.Assignment(member.memberId(), bytes(member.memberId())))
                .toList();
        List<GroupFixture.Asked<SyncGroup.Reply>> syncs = joins.stream()
                .map(asked -> asked.answer().memberId())
                .map(id -> large.ask(new SyncGroup(
                        "group", id, null, 1, null, null, id.equals(leader.memberId()) ? assignments : List.of())))
                .toList();

        assertThat(leader.members()).hasSize(1_000);
        assertThat(syncs.getLast().answer().assignment())
                .isEqualTo(bytes(joins.getLast().answer().memberId()));
        for (int round = 0; round < 20; round++) {
            joins.forEach(asked ->
                    assertThat(large.beat(asked.answer().memberId(), 1)).isEqualTo(ErrorKind.NONE));
            large.pass(SESSION_MS / 2);
        }
        assertThat(large.log).hasSize(1);
        assertThat(large.shard.deadlines().queued()).isLessThan(2_100); // a session each, and what it was moved from
    }

    @Test
    void heartbeatSaysWhatIsWrong() {
        String member = group.stableAlone();

        assertThat(group.beat(member, 0)).isEqualTo(ErrorKind.ILLEGAL_GENERATION);
        assertThat(group.beat("stranger", 1)).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
        assertThat(group.ask(new Heartbeat("other", member, null, 1)).answer()).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
    }

    @Test
    void leavingStartsARebalanceAtOnce() {
        String leader = group.stableAlone();
        var newcomer = group.ask(join(""));
        group.ask(join(leader));
        String other = newcomer.answer().memberId();
        group.ask(sync(leader, 2));
        group.ask(sync(other, 2));

        LeaveGroup.Reply left = group.ask(new LeaveGroup(
                        "group", List.of(new Leaver(leader, null, "closing"), new Leaver("stranger", null, ""))))
                .answer();

        assertThat(left.members())
                .containsExactly(
                        new Left(leader, null, ErrorKind.NONE), new Left("stranger", null, ErrorKind.UNKNOWN_MEMBER));
        assertThat(group.beat(other, 2)).isEqualTo(ErrorKind.REBALANCE_IN_PROGRESS);
        assertThat(group.ask(join(other)).answer().leader()).isEqualTo(other);
    }

    @Test
    void pendingMemberMayLeave() {
        String leader = group.stableAlone();
        String pending = group.ask(requiringId(join(""))).answer().memberId();
        var again = group.ask(join(leader));

        group.ask(new LeaveGroup("group", List.of(new Leaver(pending, null, ""))));

        assertThat(again.isAnswered()).isTrue();
    }

    @Test
    void staticMemberThatComesBackTakesItsPlaceWithoutRebalance() { // KIP-345
        String before = group.stableStatic("one");

        JoinGroup.Reply back = group.ask(staticJoin("one")).answer();

        assertThat(back.error()).isEqualTo(ErrorKind.NONE);
        assertThat(back.memberId()).isNotEqualTo(before).startsWith("one-");
        assertThat(back.generation()).isEqualTo(1);
        // Told the old leader's id, it takes itself for a follower and only fetches its assignment.
        assertThat(back.leader()).isEqualTo(before);
        assertThat(group.state()).isEqualTo(GroupState.STABLE);
        assertThat(group.ask(new SyncGroup("group", back.memberId(), "one", 1, null, null, List.of()))
                        .answer()
                        .assignment())
                .isEqualTo(bytes("all"));
        assertThat(group.ask(new Heartbeat("group", before, "one", 1)).answer())
                .isEqualTo(ErrorKind.FENCED_INSTANCE_ID);
        assertThat(new GroupFixture(group).shard.store()).isEqualTo(group.shard.store());
    }

    @Test
    void staticLeaderThatUnderstandsSkipsTheAssignment() { // KIP-814
        group.stableStatic("one");

        JoinGroup.Reply back = group.ask(requiringId(staticJoin("one"))).answer();

        assertThat(back.skipAssignment()).isTrue();
        assertThat(back.leader()).isEqualTo(back.memberId());
        assertThat(back.members()).hasSize(1);
    }

    @Test
    void staticMemberThatCannotBeStoredLeavesTheOldOneInPlace() {
        String before = group.stableStatic("one");
        group.hold();
        var back = group.ask(staticJoin("one"));

        group.refuseAll(ErrorKind.NOT_LEADER);

        assertThat(back.answer().error()).isEqualTo(ErrorKind.NOT_COORDINATOR);
        assertThat(group.ask(new Heartbeat("group", before, "one", 1)).answer()).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void staticMemberWhoseProtocolChangesTheChoiceRebalances() {
        group.stableStatic("one");

        JoinGroup.Reply back =
                group.ask(join("", "one", speaking("sticky", "range"))).answer();

        assertThat(back.generation()).isEqualTo(2);
        assertThat(back.protocol()).isEqualTo("sticky");
    }

    @Test
    void waitingJoinOfAReplacedStaticMemberIsFenced() {
        GroupFixture slow = new GroupFixture(GroupConfig.DEFAULT);
        var first = slow.ask(staticJoin("one"));

        var second = slow.ask(staticJoin("one"));
        slow.pass(6_000);

        assertThat(first.answer().error()).isEqualTo(ErrorKind.FENCED_INSTANCE_ID);
        assertThat(second.answer().error()).isEqualTo(ErrorKind.NONE);
        assertThat(second.answer().members()).hasSize(1);
    }

    @Test
    void staticMemberIsNotRemovedByARebalanceItMisses() {
        String staying = group.stableStatic("one");
        var newcomer = group.ask(staticJoin("two"));

        for (int beats = 0; beats < REBALANCE_MS / 5_000; beats++) {
            group.ask(new Heartbeat("group", staying, "one", 1));
            group.pass(5_000);
        }

        assertThat(newcomer.answer().members()).hasSize(2);
        assertThat(newcomer.answer().leader()).isEqualTo(newcomer.answer().memberId());
    }

    @Test
    void operatorRemovesAStaticMemberByName() { // KIP-345
        group.stableStatic("one");

        LeaveGroup.Reply left = group.ask(new LeaveGroup(
                        "group", List.of(new Leaver("", "one", "operator"), new Leaver("", "two", "operator"))))
                .answer();

        assertThat(left.members())
                .containsExactly(new Left("", "one", ErrorKind.NONE), new Left("", "two", ErrorKind.UNKNOWN_MEMBER));
        assertThat(group.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void idUnderAForeignStaticNameIsFenced() {
        String member = group.stableStatic("one");

        assertThat(group.ask(new Heartbeat("group", "stranger", "one", 1)).answer())
                .isEqualTo(ErrorKind.FENCED_INSTANCE_ID);
        assertThat(group.ask(new Heartbeat("group", member, "two", 1)).answer()).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
        assertThat(group.ask(new SyncGroup("group", "stranger", "one", 1, null, null, List.of()))
                        .answer()
                        .error())
                .isEqualTo(ErrorKind.FENCED_INSTANCE_ID);
        assertThat(group.ask(join("stranger", "one", speaking("range")))
                        .answer()
                        .error())
                .isEqualTo(ErrorKind.FENCED_INSTANCE_ID);
    }

    @Test
    void membersGoOnAfterAChangeOfCoordinator() {
        String member = group.stableAlone();

        GroupFixture next = new GroupFixture(group);

        assertThat(next.state()).isEqualTo(GroupState.STABLE);
        assertThat(next.beat(member, 1)).isEqualTo(ErrorKind.NONE);
        assertThat(next.ask(sync(member, 1)).answer().assignment()).isEqualTo(bytes("all"));
    }

    @Test
    void membersThatAreNotHeardOfAfterAChangeOfCoordinatorTimeOut() {
        group.stableAlone();
        GroupFixture next = new GroupFixture(group);

        next.pass(SESSION_MS);

        assertThat(next.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void whoeverWaitsIsToldWhenTheShardGoes() {
        JoinGroup.Reply joined = group.ask(join("")).answer();
        group.ask(join(""));
        var waiting = group.ask(join(""));

        group.inTurn(group.shard::onUnload);

        assertThat(waiting.answer().error()).isEqualTo(ErrorKind.NOT_COORDINATOR);
        assertThat(group.beat(joined.memberId(), 1)).isEqualTo(ErrorKind.UNKNOWN_MEMBER);
    }
}
