package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.TopicId;
import io.millrace.server.peer.Formation.Heard;
import io.millrace.server.peer.Formation.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormationTest {
    private static final List<String> NODES = List.of("c:1", "a:1", "b:1");
    private static final PeerAddress A = new PeerAddress("a", 1);
    private static final PeerAddress B = new PeerAddress("b", 1);
    private static final PeerAddress C = new PeerAddress("c", 1);
    private static final PeerAddress ELSEWHERE = new PeerAddress("elsewhere", 9);

    @Test
    void allWhoSeeEachOtherFormTheSameCluster() {
        List<Membership> formed = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            Step step = decide(node(id), answered(A, node(1)), answered(B, node(2)), answered(C, node(3)));
            formed.add(((Step.Member) step).membership());
        }

        assertThat(formed).extracting(Membership::self).containsExactly(A, B, C);
        assertThat(formed)
                .extracting(Membership::clusterId)
                .containsOnly(formed.getFirst().clusterId());
        assertThat(formed)
                .extracting(Membership::voters)
                .containsOnly(List.of(
                        new Voter(1, directory(1), A), new Voter(2, directory(2), B), new Voter(3, directory(3), C)));
    }

    @Test
    void anotherDiskMakesAnotherCluster() {
        Introduction wiped = introduction(2, directory(22), 2, "", NODES);

        Membership first = member(decide(node(1), answered(A, node(1)), answered(B, node(2)), answered(C, node(3))));
        Membership second = member(decide(node(1), answered(A, node(1)), answered(B, wiped), answered(C, node(3))));

        assertThat(first.clusterId()).isNotEqualTo(second.clusterId());
    }

    @Test
    void waitsForWhoIsSilent() {
        Step step = decide(node(1), answered(A, node(1)), answered(B, node(2)), silent(C));

        assertThat(step).isEqualTo(new Step.Wait(List.of("c:1 does not answer: off")));
    }

    @Test
    void whoeverFormedLeadsTheOthersThereThoughSomeAreSilent() {
        Membership formed = Membership.forming("", B, List.of(voter(1, A), voter(2, B), voter(3, C)));

        Membership joined = member(decide(node(1), answered(A, node(1)), answered(B, node(2).in(formed)), silent(C)));

        assertThat(joined).isEqualTo(new Membership(formed.clusterId(), A, formed.voters()));
        assertThat(joined.isInitialVoter(1, directory(1))).isTrue();
        assertThat(joined.isInitialVoter(1, directory(11))).isFalse();
    }

    @Test
    void refusesTwoClustersOfOneId() {
        Membership one = Membership.forming("same", A, List.of(voter(1, A), voter(2, B), voter(3, C)));
        Membership other =
                Membership.forming("same", B, List.of(voter(1, A), voter(2, B), new Voter(3, directory(33), C)));

        Step step = decide(
                introduction(3, directory(33), 3, "", NODES),
                answered(A, node(1).in(one)),
                answered(B, node(2).in(other)));

        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Refused.class,
                        refused -> assertThat(refused.why()).contains("began another one with other voters"));
    }

    @Test
    void oneAddressIsEnoughToJoin() {
        Membership formed = Membership.forming("", B, List.of(voter(1, A), voter(2, B), voter(3, C)));

        Membership joined = member(decide(node(4), answered(B, node(2).in(formed))));

        assertThat(joined).isEqualTo(new Membership(formed.clusterId(), ELSEWHERE, formed.voters()));
        assertThat(joined.isInitialVoter(4, directory(4))).isFalse();
    }

    @Test
    void aNodeThatNoAddressLeadsToSaysWhereItListens() {
        Step step = decide(node(4), silent(A));

        assertThat(step)
                .isEqualTo(new Step.Wait(List.of(
                        "a:1 does not answer: off",
                        "none of the addresses leads to this node, which listens for others on port 9"
                                + " (listeners.cluster), and nobody there belongs to a cluster yet: such a node can"
                                + " join a cluster, not begin one")));
    }

    @Test
    void aNodeThatIsNotOnTheListWaitsForThoseWhoAre() {
        Step step = decide(node(4), answered(A, node(1)), answered(B, node(2)));

        assertThat(step).isInstanceOf(Step.Wait.class);
    }

    @Test
    void refusesWhatWaitingCanNotMend() {
        assertThat(decide(node(1), answered(A, node(1)), answered(B, node(1, 99)), silent(C)))
                .isEqualTo(new Step.Refused("this node is to be node 1, and so is the one at b:1: every node needs a"
                        + " number of its own (--node)"));
        assertThat(decide(node(1), answered(A, node(1)), answered(B, node(2)), answered(C, node(2, 99))))
                .isEqualTo(new Step.Refused("both b:1 and c:1 answer as node 2"));
        assertThat(decide(node(1), answered(A, node(1)), answered(B, node(1))))
                .isEqualTo(new Step.Refused("cluster.nodes names this node more than once: [a:1, b:1]"));
    }

    @Test
    void refusesToChooseBetweenClusters() {
        Introduction one = node(2).in(Membership.forming("one", B, List.of(voter(2, B))));
        Introduction other = node(3).in(Membership.forming("other", C, List.of(voter(3, C))));

        Step step = decide(node(1), answered(A, node(1)), answered(B, one), answered(C, other));

        assertThat(step).isEqualTo(new Step.Refused("cluster.nodes leads to different clusters: {one=b:1, other=c:1}"));
    }

    @Test
    void otherListsAreWaitedFor() {
        Introduction other = introduction(2, directory(2), 2, "", List.of("a:1", "b:1"));

        Step step = decide(node(1), answered(A, node(1)), answered(B, other), answered(C, node(3)));

        assertThat(step)
                .isEqualTo(new Step.Wait(
                        List.of("node 2 at b:1 was given other cluster.nodes: a:1,b:1; here they are a:1,b:1,c:1")));
    }

    @Test
    void anIntroductionAndAMembershipSurviveTheirText() {
        Membership formed = Membership.forming("", new PeerAddress("::1", 2), List.of(voter(1, A), voter(2, B)));
        Knowledge known = new Knowledge(
                true, 9, List.of(voter(1, A), voter(4, C)), List.of(new NodeLife(1, 7, new TopicId(5, 1))));
        Introduction said = node(2).in(formed).knowing(known);

        assertThat(Introduction.decode(said.encode())).contains(said);
        assertThat(Membership.parse(formed.text())).contains(formed);
    }

    @Test
    void textThatIsNoneIsToldApart() {
        assertThat(Introduction.decode(ByteBuffer.wrap(new byte[] {1, 2, (byte) 0xff})))
                .isEmpty();
        assertThat(Membership.parse("version=2\ncluster.id=x\naddress=a:1\n")).isEmpty();
        assertThat(Membership.parse("version=1\ncluster.id=x\naddress=a:1\nvoter=1 nothing a:1\n"))
                .isEmpty();
    }

    private static Membership member(Step step) {
        assertThat(step).isInstanceOf(Step.Member.class);
        return ((Step.Member) step).membership();
    }

    @SafeVarargs
    private static Step decide(Introduction self, Map.Entry<PeerAddress, Heard>... heard) {
        Map<PeerAddress, Heard> all = new LinkedHashMap<>();
        for (Map.Entry<PeerAddress, Heard> each : heard) {
            all.put(each.getKey(), each.getValue());
        }
        return Formation.decide(self, ELSEWHERE, all);
    }

    private static Map.Entry<PeerAddress, Heard> answered(PeerAddress address, Introduction who) {
        return Map.entry(address, new Heard.Answered(who));
    }

    private static Map.Entry<PeerAddress, Heard> silent(PeerAddress address) {
        return Map.entry(address, new Heard.Silent("off"));
    }

    private static Introduction node(int id) {
        return node(id, id);
    }

    private static Introduction node(int id, int life) {
        return introduction(id, directory(life), life, "", NODES);
    }

    private static Introduction introduction(int id, TopicId directory, int life, String wanted, List<String> nodes) {
        return new Introduction(id, directory, new TopicId(5, life), "", wanted, nodes, List.of());
    }

    private static Voter voter(int id, PeerAddress address) {
        return new Voter(id, directory(id), address);
    }

    private static TopicId directory(int id) {
        return new TopicId(70, id);
    }
}
