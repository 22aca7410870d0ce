package io.millrace.broker.group;

import static io.millrace.broker.group.GroupFixture.commit;
import static io.millrace.broker.group.GroupFixture.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.FetchOffsets.Position;
import io.millrace.broker.group.GroupRecord.GroupRemoved;
import io.millrace.broker.group.GroupRecord.OffsetRemoved;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Positions: committing, reading, deleting, expiring (KIP-211, KIP-229, KIP-496).
class OffsetsTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    private static final long DAY_MS = 86_400_000L;

    private final GroupFixture group = new GroupFixture();

    @Test
    void positionIsSeenWhenTheLogHasIt() {
        group.hold();
        var asked = group.ask(commit("", -1, 0, 42));
        assertThat(asked.isAnswered()).isFalse();
        assertThat(group.committed(0)).isEqualTo(-1);

        group.confirmAll();

        assertThat(asked.answer().errors()).containsExactly(ErrorKind.NONE);
        assertThat(group.committed(0)).isEqualTo(42);
    }

    @Test
    void positionsMayMoveBackwards() {
        group.ask(commit("", -1, 0, 42));
        group.ask(commit("", -1, 0, 7));

        assertThat(group.committed(0)).isEqualTo(7);
    }

    @Test
    void refusedCommitChangesNothing() {
        group.ask(commit("", -1, 0, 42));
        group.hold();
        var asked = group.ask(commit("", -1, 0, 43));

        group.refuseAll(ErrorKind.MESSAGE_TOO_LARGE);

        assertThat(asked.answer().errors()).containsExactly(ErrorKind.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(group.committed(0)).isEqualTo(42);
    }

    @Test
    void onlyMembersCommitWhileThereAreAny() {
        String member = group.stableAlone();

        assertThat(group.ask(commit("", -1, 0, 1)).answer().errors()).containsExactly(ErrorKind.UNKNOWN_MEMBER);
        assertThat(group.ask(commit(member, 0, 0, 1)).answer().errors()).containsExactly(ErrorKind.ILLEGAL_GENERATION);
        assertThat(group.ask(commit("stranger", 1, 0, 1)).answer().errors()).containsExactly(ErrorKind.UNKNOWN_MEMBER);
        assertThat(group.ask(commit(member, 1, 0, 1)).answer().errors()).containsExactly(ErrorKind.NONE);
    }

    @Test
    void commitBetweenJoinAndSyncIsSentBack() {
        String member = group.ask(join("")).answer().memberId();

        assertThat(group.ask(commit(member, 1, 0, 1)).answer().errors())
                .containsExactly(ErrorKind.REBALANCE_IN_PROGRESS);
    }

    @Test
    void memberMayCommitWhileItIsAskedToJoinAgain() {
        String member = group.stableAlone();
        group.ask(join(""));

        assertThat(group.ask(commit(member, 1, 0, 9)).answer().errors()).containsExactly(ErrorKind.NONE);
    }

    @Test
    void commitKeepsTheSessionAlive() {
        String member = group.stableAlone();

        for (int beat = 0; beat < 5; beat++) {
            group.pass(GroupFixture.SESSION_MS - 1);
            group.ask(commit(member, 1, 0, beat));
        }

        assertThat(group.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void generationOfAGroupNobodyKnowsIsRefusedInTheWordsTheClientKnows() {
        CommitOffsets modern = commit("m", 1, 0, 1);
        CommitOffsets old = new CommitOffsets("group", "m", null, 1, false, -1, modern.commits());

        assertThat(group.ask(modern).answer().errors()).containsExactly(ErrorKind.GROUP_NOT_FOUND);
        assertThat(group.ask(old).answer().errors()).containsExactly(ErrorKind.ILLEGAL_GENERATION);
    }

    @Test
    void longNoteIsRefusedAloneAndTheRestStored() {
        CommitOffsets both = new CommitOffsets(
                "group",
                "",
                null,
                -1,
                true,
                -1,
                List.of(
                        new CommitOffsets.Commit(ORDERS_0, TopicId.NONE, 1, -1, "x".repeat(4_097)),
                        new CommitOffsets.Commit(
                                new TopicPartition("orders", 1), TopicId.NONE, 2, -1, "x".repeat(4_096))));

        assertThat(group.ask(both).answer().errors())
                .containsExactly(ErrorKind.OFFSET_METADATA_TOO_LARGE, ErrorKind.NONE);
        assertThat(group.committed(0)).isEqualTo(-1);
        assertThat(group.committed(1)).isEqualTo(2);
    }

    @Test
    void everythingIsReadInNameOrder() {
        group.ask(commit("", -1, 1, 10));
        group.ask(commit("", -1, 0, 20));

        List<Position> positions =
                group.ask(new FetchOffsets("group", true, List.of())).answer().positions();

        assertThat(positions)
                .extracting(position -> position.partition().partition())
                .containsExactly(0, 1);
        assertThat(positions.get(0).offset())
                .isEqualTo(new CommittedOffset(20, 3, "note", group.wallMs(), -1, TopicId.NONE));
    }

    @Test
    void simpleGroupIsListedAndSurvivesARestart() {
        group.ask(commit("", -1, 0, 5));

        GroupFixture next = new GroupFixture(group);

        assertThat(next.shard.list(new ListGroups(Set.of("empty"), Set.of("Classic"))))
                .containsExactly(new ListGroups.Listing("group", "", GroupState.EMPTY));
        assertThat(next.shard.list(new ListGroups(Set.of("Stable"), Set.of()))).isEmpty();
        assertThat(next.shard.list(new ListGroups(Set.of(), Set.of("share")))).isEmpty();
        assertThat(next.committed(0)).isEqualTo(5);
    }

    @Test
    void groupWithMembersIsNotDeleted() {
        group.stableAlone();

        assertThat(group.ask(new DeleteGroup("group")).answer()).isEqualTo(ErrorKind.GROUP_NOT_EMPTY);
        assertThat(group.ask(new DeleteGroup("other")).answer()).isEqualTo(ErrorKind.GROUP_NOT_FOUND);
    }

    @Test
    void deletedGroupIsGoneWithItsPositions() {
        String member = group.stableAlone();
        group.ask(commit(member, 1, 0, 5));
        group.pass(GroupFixture.SESSION_MS);

        assertThat(group.ask(new DeleteGroup("group")).answer()).isEqualTo(ErrorKind.NONE);

        assertThat(group.log).endsWith(new OffsetRemoved("group", ORDERS_0), new GroupRemoved("group"));
        assertThat(group.shard.groupCount()).isZero();
        assertThat(group.committed(0)).isEqualTo(-1);
        assertThat(new GroupFixture(group).shard.groupCount()).isZero();
    }

    @Test
    void deletionCoversACommitThatIsStillOnItsWay() {
        group.ask(commit("", -1, 0, 5));
        group.hold();
        group.ask(commit("", -1, 1, 6));
        group.ask(new DeleteGroup("group"));

        group.confirmAll();

        assertThat(group.shard.offsetCount()).isZero();
        assertThat(new GroupFixture(group).shard.groupCount()).isZero();
    }

    @Test
    void groupThatComesToLifeWhileItIsDeletedGoesOn() {
        group.ask(commit("", -1, 0, 5));
        group.hold();
        group.ask(new DeleteGroup("group"));
        var joined = group.ask(join(""));

        group.confirmAll();

        assertThat(group.beat(joined.answer().memberId(), 1)).isEqualTo(ErrorKind.NONE);
        assertThat(group.committed(0)).isEqualTo(-1);
    }

    @Test
    void positionsOfConsumedTopicsAreNotDeleted() { // KIP-496
        String member = group.stableAlone();
        group.ask(commit(member, 1, 0, 5));

        DeleteOffsets.Reply reply = group.ask(
                        new DeleteOffsets("group", List.of(ORDERS_0, new TopicPartition("invoices", 0))))
                .answer();

        assertThat(reply.errors()).containsExactly(ErrorKind.GROUP_SUBSCRIBED_TO_TOPIC, ErrorKind.NONE);
        assertThat(group.committed(0)).isEqualTo(5);
        group.pass(GroupFixture.SESSION_MS);
        assertThat(group.ask(new DeleteOffsets("group", List.of(ORDERS_0)))
                        .answer()
                        .errors())
                .containsExactly(ErrorKind.NONE);
        assertThat(group.committed(0)).isEqualTo(-1);
    }

    @Test
    void positionsOfASimpleGroupExpireEachForItself() { // KIP-211
        group.ask(commit("", -1, 0, 5));
        group.pass(4 * DAY_MS);
        group.ask(commit("", -1, 1, 6));

        group.pass(4 * DAY_MS);

        assertThat(group.committed(0)).isEqualTo(-1);
        assertThat(group.committed(1)).isEqualTo(6);
        group.pass(4 * DAY_MS);
        assertThat(group.shard.groupCount()).isZero();
    }

    @Test
    void positionsOfAGroupWithMembersStayUntilItHasBeenEmptyLongEnough() { // KIP-211
        String member = group.stableAlone();
        group.ask(commit(member, 1, 0, 5));
        for (int beat = 0; beat < 9 * 24 * 3600 / 9; beat++) {
            group.beat(member, 1);
            group.pass(9_000);
        }
        assertThat(group.committed(0)).isEqualTo(5);
        group.pass(6 * DAY_MS);
        assertThat(group.committed(0)).isEqualTo(5);

        group.pass(2 * DAY_MS);

        assertThat(group.committed(0)).isEqualTo(-1);
        assertThat(group.log).contains(new GroupRemoved("group"));
    }

    @Test
    void ownRetentionOfAnOldClientIsKept() { // OffsetCommit up to v4
        CommitOffsets hour = new CommitOffsets(
                "group",
                "",
                null,
                -1,
                false,
                3_600_000,
                List.of(new CommitOffsets.Commit(ORDERS_0, TopicId.NONE, 5, -1, "")));
        group.ask(hour);
        group.pass(1_800_000);
        assertThat(group.committed(0)).isEqualTo(5);

        group.pass(2_400_000);

        assertThat(group.committed(0)).isEqualTo(-1);
    }

    @Test
    void positionsInDeletedTopicsAreForgotten() {
        group.ask(commit("", -1, 0, 5));

        group.inTurn(turn -> group.shard.onTopicDeleted("orders", turn));

        assertThat(group.committed(0)).isEqualTo(-1);
        assertThat(group.log).endsWith(new OffsetRemoved("group", ORDERS_0));
    }
}
