package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.raft.LostVote.Step;
import io.millrace.model.TopicId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostVoteTest {
    private static final long NOW = 1_000_000;
    private static final long LONG_AGO = NOW - LostVote.SILENT_MS;
    private static final TopicId OLD = new TopicId(9, 3);
    private static final NodeIdentity SELF = new NodeIdentity("cluster", 3, new TopicId(10, 3));

    @Test
    void theVoteOfTheLostDiskIsTakenOnceThisOneHasCaughtUp() {
        assertThat(step(false, List.of(voter(1, NOW), voter(2, NOW), old(LONG_AGO)), self(NOW)))
                .isEqualTo(new Step.TakeOld(OLD));
        assertThat(step(false, List.of(voter(1, NOW), voter(2, NOW), old(-1)), self(NOW)))
                .isEqualTo(new Step.TakeOld(OLD));
        assertThat(step(false, List.of(voter(1, NOW), voter(2, NOW), old(LONG_AGO)), self(LONG_AGO)))
                .isInstanceOf(Step.Wait.class);
        assertThat(step(false, List.of(voter(1, NOW), voter(2, NOW), old(LONG_AGO))))
                .isInstanceOf(Step.Wait.class);
    }

    @Test
    void aDiskThatStillVotesIsLeftAlone() {
        assertThat(step(false, List.of(voter(1, NOW), voter(2, NOW), old(NOW - 100)), self(NOW)))
                .isEqualTo(new Step.Wait("somebody votes as node 3 with another disk"));
    }

    @Test
    void nothingIsChangedWithoutAMajorityOfOthers() {
        assertThat(step(false, List.of(voter(1, NOW), voter(2, LONG_AGO), old(-1)), self(NOW)))
                .isEqualTo(new Step.Wait("only 1 of the 3 voters are there"));
        assertThat(step(true, List.of(voter(1, NOW), voter(2, LONG_AGO)), self(NOW)))
                .isInstanceOf(Step.Wait.class);
        assertThat(LostVote.of(QuorumCalls.UNKNOWN, SELF, false)).isEqualTo(new Step.Wait("no controller answers"));
    }

    @Test
    void whoWasTakenOutByOthersStaysOut() {
        List<Member> others = List.of(voter(1, NOW), voter(2, NOW));

        assertThat(step(false, others, self(NOW))).isEqualTo(new Step.Observes());
        assertThat(step(true, others, self(NOW))).isEqualTo(new Step.Join());
    }

    @Test
    void whoVotesHasNothingToDo() {
        List<Member> voters = List.of(voter(1, NOW), voter(2, NOW), self(NOW));

        assertThat(step(true, voters)).isEqualTo(new Step.Votes());
    }

    @Test
    void theNoteIsOfOneDisk(@TempDir Path folder) throws Exception {
        var taken = new TakenVote(folder, SELF.directoryId());
        assertThat(taken.isNoted()).isFalse();

        taken.note();

        assertThat(new TakenVote(folder, SELF.directoryId()).isNoted()).isTrue();
        assertThat(new TakenVote(folder, OLD).isNoted()).isFalse();
        taken.forget();
        assertThat(taken.isNoted()).isFalse();
    }

    private static Step step(boolean tookOld, List<Member> voters, Member... observers) {
        return LostVote.of(new QuorumView(1, 5, 100, voters, List.of(observers)), SELF, tookOld);
    }

    private static Member voter(int id, long fetchedMs) {
        return new Member(id, new TopicId(9, id), 100, fetchedMs, fetchedMs);
    }

    private static Member old(long fetchedMs) {
        return new Member(3, OLD, 100, fetchedMs, fetchedMs);
    }

    private static Member self(long caughtUpMs) {
        return new Member(3, SELF.directoryId(), 100, NOW, caughtUpMs);
    }
}
