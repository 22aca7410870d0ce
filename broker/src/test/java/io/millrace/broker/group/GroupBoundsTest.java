package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What clients say about themselves is kept, so there is an end to how much of it.
class GroupBoundsTest {
    private static final int MEMBER_BYTES_MAX = 8_000;
    private static final long SHARD_BYTES_MAX = 40_000;

    private final GroupFixture group = new GroupFixture(
            GroupConfig.DEFAULT.withInitialRebalanceDelayMs(0).withBytesMax(MEMBER_BYTES_MAX, SHARD_BYTES_MAX));

    private static JoinGroup join(String groupId, String memberId, int metadataBytes, boolean idRequired) {
        return new JoinGroup(
                groupId,
                memberId,
                null,
                "client",
                "/127.0.0.1",
                GroupFixture.SESSION_MS,
                GroupFixture.REBALANCE_MS,
                "consumer",
                List.of(new JoinGroup.Protocol("range", new Opaque(new byte[metadataBytes]))),
                idRequired,
                false,
                "test");
    }

    private static CommitOffsets commit(String groupId) {
        return new CommitOffsets(
                groupId,
                "",
                null,
                -1,
                true,
                -1,
                List.of(new CommitOffsets.Commit(new TopicPartition("orders", 0), TopicId.NONE, 4, 3, "")));
    }

    /// Founds groups until one is refused; returns how many there are.
    private int fill(int metadataBytes, boolean idRequired) {
        for (int i = 0; i < 1_000; i++) {
            ErrorKind error = group.ask(join("g" + i, "", metadataBytes, idRequired))
                    .answer()
                    .error();
            if (error == ErrorKind.GROUP_MAX_SIZE_REACHED) {
                return i;
            }
            assertThat(error).isEqualTo(idRequired ? ErrorKind.MEMBER_ID_REQUIRED : ErrorKind.NONE);
        }
        throw new AssertionError("never full");
    }

    @Test
    void aMemberThatTellsTooMuchIsRefusedAndLeavesNoGroup() {
        assertThat(group.ask(join("g", "", MEMBER_BYTES_MAX, false)).answer().error())
                .isEqualTo(ErrorKind.INVALID_REQUEST);

        assertThat(group.shard.groupCount()).isZero();
    }

    @Test
    void aFullShardTakesNoMoreMembersUntilSomeLeave() {
        int count = fill(4_000, false);

        assertThat(count).isBetween(5, 10);
        assertThat(group.shard.groupCount()).isEqualTo(count);

        group.pass(GroupConfig.DEFAULT.newMemberJoinTimeoutMs() * 2L);

        assertThat(group.ask(join("late", "", 4_000, false)).answer().error()).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void aMemberThatAsksAgainNeedsNoMoreRoom() {
        String memberId = group.ask(join("first", "", 4_000, false)).answer().memberId();
        fill(4_000, false);

        assertThat(group.ask(join("first", memberId, 4_000, false)).answer().error())
                .isEqualTo(ErrorKind.NONE);
        assertThat(group.ask(join("first", memberId, 7_300, false)).answer().error())
                .isEqualTo(ErrorKind.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void groupsThatNobodyJoinedAreBoundedToo() {
        assertThat(fill(10, true)).isBetween(10, 40);
    }

    @Test
    void simpleGroupsAreBoundedToo() {
        int count = 0;
        while (group.ask(commit("g" + count)).answer().errors().getFirst() == ErrorKind.NONE) {
            count++;
            assertThat(count).isLessThan(1_000);
        }

        assertThat(group.ask(commit("g" + count)).answer().errors())
                .containsExactly(ErrorKind.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(group.ask(commit("g0")).answer().errors())
                .as("a group that exists goes on")
                .containsExactly(ErrorKind.NONE);
    }

    @Test
    void assignmentsThatDoNotFitAreRefused() {
        JoinGroup.Reply joined = group.ask(GroupFixture.join("")).answer();
        String huge = "x".repeat((int) SHARD_BYTES_MAX);

        assertThat(group.ask(GroupFixture.sync(
                                joined.memberId(), joined.generation(), GroupFixture.to(joined.memberId(), huge)))
                        .answer()
                        .error())
                .isEqualTo(ErrorKind.GROUP_MAX_SIZE_REACHED);
        assertThat(group.log).isEmpty();
    }

    @Test
    void theStoreKnowsWhichGroupsATopicConcerns() {
        GroupStore store = new GroupStore();
        CommittedOffset offset = new CommittedOffset(4, 3, "", 0, CommittedOffset.NO_EXPIRY, TopicId.NONE);
        TopicPartition first = new TopicPartition("orders", 0);
        TopicPartition second = new TopicPartition("orders", 1);
        for (int again = 0; again < 2; again++) {
            store.apply(new GroupRecord.OffsetCommitted("a", first, offset));
            store.apply(new GroupRecord.OffsetCommitted("a", second, offset));
            store.apply(new GroupRecord.OffsetCommitted("b", first, offset));
        }
        store.apply(new GroupRecord.OffsetCommitted("c", new TopicPartition("other", 0), offset));

        assertThat(store.groupsIn("orders")).containsExactlyInAnyOrder("a", "b");

        store.apply(new GroupRecord.OffsetRemoved("a", first));
        store.apply(new GroupRecord.OffsetRemoved("a", first));
        store.apply(new GroupRecord.OffsetRemoved("b", first));
        assertThat(store.groupsIn("orders")).containsExactly("a");

        store.apply(new GroupRecord.OffsetRemoved("a", second));
        assertThat(store.groupsIn("orders")).isEmpty();
        assertThat(store.groupsIn("other")).containsExactly("c");
    }
}
