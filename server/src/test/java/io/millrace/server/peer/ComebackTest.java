package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.TopicId;
import io.millrace.server.peer.Comeback.Step;
import io.millrace.server.peer.Formation.Heard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a node does with the folder of a former life.
class ComebackTest {
    private static final PeerAddress A = new PeerAddress("a", 1);
    private static final PeerAddress B = new PeerAddress("b", 1);
    private static final PeerAddress C = new PeerAddress("c", 1);
    private static final PeerAddress D = new PeerAddress("d", 1);
    private static final PeerAddress E = new PeerAddress("e", 1);
    private static final List<Voter> VOTERS = List.of(voter(1, A), voter(2, B), voter(3, C));
    private static final Membership CLUSTER = Membership.forming("", B, VOTERS);
    private static final Introduction SELF = node(2);

    /// As registered last, of which every other node heard.
    private static final Lives KNOWN = new Lives(5, List.of(start(1)), VOTERS, List.of());

    private static final NodeLife SAME = new NodeLife(2, 5, start(1));
    private static final NodeLife LATER = new NodeLife(2, 8, start(2));

    @Test
    void oneOfThreeThatKnowsNothingNewerIsEnough() {
        assertThat(decide(answered(A, knows(1, SAME)), answered(B, SELF), silent(C)))
                .isEqualTo(new Step.Go(List.of(SAME)));
        assertThat(decide(answered(A, node(1)), answered(B, SELF), answered(C, node(3))))
                .isInstanceOf(Step.Go.class);
    }

    @Test
    void withoutAnyOtherItWaitsAsItWouldForAMajority() {
        assertThat(decide(silent(A), answered(B, SELF), silent(C)))
                .isInstanceOfSatisfying(
                        Step.Wait.class,
                        wait -> assertThat(wait.why())
                                .hasSize(3)
                                .last()
                                .asString()
                                .contains("1 more of the others must say"));
    }

    @Test
    void whoDoesNotVoteIsNotCounted() {
        assertThat(decide(answered(A, node(4)), answered(B, SELF), silent(C))).isInstanceOf(Step.Wait.class);
    }

    /// All others were replaced while the node was down: none of the voters it knows is left.
    @Test
    void whoLeadsIsEnoughWhoeverVotesByNow() {
        assertThat(decide(answered(A, leading(4, SAME)), answered(B, SELF), silent(C)))
                .isInstanceOf(Step.Go.class);
    }

    /// Node 1 was replaced by 4 while this node was down, then 3 failed: 2 and 4 are a majority.
    @Test
    void whoTookAVotersPlaceIsEnough() {
        Introduction four = naming(4, 7, voter(2, B), voter(3, C), voter(4, D));

        assertThat(decide(answered(D, four), silent(A), silent(C))).isInstanceOf(Step.Go.class);
    }

    @Test
    void whoHeardLessIsNotBelievedWhoVotes() {
        Introduction four = naming(4, 4, voter(2, B), voter(4, D));

        assertThat(decide(answered(D, four), silent(A), silent(C))).isInstanceOf(Step.Wait.class);
    }

    /// Two voters were added while this node was down.
    @Test
    void aMajorityOfTheVotersOfNowIsNeeded() {
        Voter[] five = {voter(1, A), voter(2, B), voter(3, C), voter(4, D), voter(5, E)};

        assertThat(decide(answered(A, naming(1, 9, five)), silent(C))).isInstanceOf(Step.Wait.class);
        assertThat(decide(answered(A, naming(1, 9, five)), answered(D, naming(4, 9, five)), silent(C)))
                .isInstanceOf(Step.Go.class);
    }

    @Test
    void anOlderCopyWaitsUntilTheOthersDecideWithoutIt() {
        assertThat(decide(answered(A, knows(1, LATER)), answered(B, SELF), answered(C, node(3))))
                .isInstanceOfSatisfying(
                        Step.Wait.class,
                        wait -> assertThat(wait.why())
                                .first()
                                .asString()
                                .contains("node 1 knows a later life of it (epoch 8)"));
        assertThat(decide(answered(A, knows(1, LATER)), answered(B, SELF), answered(C, leading(3))))
                .isEqualTo(new Step.Renew(8, 1));
    }

    @Test
    void theWholeClusterRestoredTogetherGoesOn() {
        Introduction restored = knows(1, SAME);

        assertThat(decide(answered(A, restored), answered(B, SELF), answered(C, knows(3, SAME))))
                .isInstanceOf(Step.Go.class);
    }

    @Test
    void aCopyBesideTheOriginalIsRefused() {
        Introduction original = new Introduction(
                2, directory(2), new TopicId(5, 99), CLUSTER.clusterId(), "", List.of(), CLUSTER.voters());

        assertThat(decide(answered(B, original)))
                .isInstanceOfSatisfying(
                        Step.Refused.class,
                        refused -> assertThat(refused.why())
                                .startsWith("/data is a copy: node 2 of this folder runs at b:1 already."));
    }

    @Test
    void aFolderOfAnotherClusterIsRefused() {
        Introduction stranger = node(1).in(new Membership("other", A, List.of(voter(1, A))));

        assertThat(decide(answered(A, stranger), answered(B, SELF)))
                .isInstanceOfSatisfying(
                        Step.Refused.class,
                        refused -> assertThat(refused.why())
                                .startsWith("/data belongs to cluster " + CLUSTER.clusterId()
                                        + ", and node 1 at a:1 to cluster" + " other: they can not be one cluster."));
    }

    @Test
    void whoWasAloneAndHasOthersToFindAsksThemFirst() {
        Introduction alone = new Introduction(5, directory(5), new TopicId(5, 5), "", "", List.of("a:1"), List.of())
                .in(new Membership("mine", C, List.of(voter(5, C))));
        Introduction stranger = node(1);

        assertThat(decideAlone(alone, silent(A))).isInstanceOf(Step.Wait.class);
        assertThat(decideAlone(alone, answered(A, stranger))).isInstanceOf(Step.Refused.class);
        assertThat(decideAlone(alone, answered(C, alone), silent(A))).isInstanceOf(Step.Go.class);
    }

    @Test
    void anObserverNeedsOne() {
        Lives observer = new Lives(5, List.of(start(1)), List.of(voter(1, A), voter(3, C)), List.of());

        assertThat(Comeback.decide(SELF, "/data", Optional.of(observer), Map.of(A, new Heard.Silent("off"))))
                .isInstanceOf(Step.Wait.class);
        assertThat(Comeback.decide(SELF, "/data", Optional.of(observer), Map.of(A, new Heard.Answered(node(4)))))
                .isInstanceOf(Step.Go.class);
    }

    @SafeVarargs
    private static Step decideAlone(Introduction self, Map.Entry<PeerAddress, Heard>... heard) {
        return Comeback.decide(self, "/data", Optional.empty(), all(heard));
    }

    @SafeVarargs
    private static Step decide(Map.Entry<PeerAddress, Heard>... heard) {
        return Comeback.decide(SELF, "/data", Optional.of(KNOWN), all(heard));
    }

    @SafeVarargs
    private static Map<PeerAddress, Heard> all(Map.Entry<PeerAddress, Heard>... heard) {
        Map<PeerAddress, Heard> all = new LinkedHashMap<>();
        for (Map.Entry<PeerAddress, Heard> each : heard) {
            all.put(each.getKey(), each.getValue());
        }
        return all;
    }

    private static Map.Entry<PeerAddress, Heard> answered(PeerAddress address, Introduction who) {
        return Map.entry(address, new Heard.Answered(who));
    }

    private static Map.Entry<PeerAddress, Heard> silent(PeerAddress address) {
        return Map.entry(address, new Heard.Silent("off"));
    }

    private static Introduction knows(int id, NodeLife life) {
        return node(id).knowing(new Knowledge(false, 5, List.of(), List.of(life)));
    }

    private static Introduction leading(int id, NodeLife... lives) {
        return node(id).knowing(new Knowledge(true, 5, List.of(), List.of(lives)));
    }

    private static Introduction naming(int id, long latest, Voter... voters) {
        return node(id).knowing(new Knowledge(false, latest, List.of(voters), List.of()));
    }

    private static Introduction node(int id) {
        return new Introduction(id, directory(id), new TopicId(5, id), "", "", List.of(), List.of()).in(CLUSTER);
    }

    private static Voter voter(int id, PeerAddress address) {
        return new Voter(id, directory(id), address);
    }

    private static TopicId directory(int id) {
        return new TopicId(70, id);
    }

    private static TopicId start(int number) {
        return new TopicId(6, number);
    }
}
