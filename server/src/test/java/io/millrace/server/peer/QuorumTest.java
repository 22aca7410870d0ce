package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataLog.AppendReply;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Metadata logs that reach each other over real sockets.
class QuorumTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final List<QuorumMember> gone = new ArrayList<>();
    private final Map<Integer, QuorumMember> members = new LinkedHashMap<>();
    private final Map<Integer, Integer> ports = new LinkedHashMap<>();

    @BeforeEach
    void choosePorts() throws IOException {
        for (int id = 1; id <= 4; id++) {
            try (ServerSocket free = new ServerSocket(0)) {
                ports.put(id, free.getLocalPort());
            }
        }
    }

    @AfterEach
    void closeAll() throws InterruptedException {
        gone.addAll(members.values());
        for (QuorumMember member : gone) {
            member.close();
        }
    }

    @Test
    void threeElectALeaderAndCommit() throws IOException {
        startVoters();

        commit(7);

        awaitCommitted(7L);
        QuorumView asked = members.get(follower().id()).quorum();
        assertThat(asked.leaderId()).isEqualTo(leader().id());
        assertThat(asked.voters()).extracting(Member::nodeId).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void whenTheLeaderVanishesAnotherTakesOver() throws Exception {
        startVoters();
        commit(1);
        QuorumMember leading = leader();

        long atNs = System.nanoTime();
        vanish(leading);
        leader();
        System.out.printf(
                "a new leader after %d ms%n",
                Duration.ofNanos(System.nanoTime() - atNs).toMillis());
        commit(2);
        leading.awaitGone();
        start(leading.id(), directory(leading.id()), voters());

        awaitCommitted(1L, 2L);
    }

    @Test
    void oneOfThreeCommitsNothing() throws Exception {
        startVoters();
        commit(1);
        QuorumMember left = leader();
        for (QuorumMember other : List.copyOf(members.values())) {
            if (other != left) {
                vanish(other);
            }
        }

        AppendReply reply = left.append(2);

        await().atMost(LONG).until(() -> !left.leads());
        assertThat(reply).isInstanceOfAny(AppendReply.Accepted.class, AppendReply.NotLeader.class);
        assertThat(left.committed).containsExactly(1L);
    }

    @Test
    void anObserverFollowsAndBecomesAVoter() throws IOException {
        startVoters();
        commit(1);
        start(4, directory(4), List.of());
        awaitCommitted(1L);
        assertThat(leader().quorum().observers()).extracting(Member::nodeId).contains(4);

        Outcome added = leader().addVoter(4, directory(4), ports.get(4));

        assertThat(added).isEqualTo(Outcome.OK);
        await().atMost(LONG).until(() -> members.get(4).voters().equals(List.of(1, 2, 3, 4)));
        assertThat(follower().addVoter(4, directory(4), ports.get(4)).error()).isEqualTo(ErrorKind.DUPLICATE_VOTER);
    }

    @Test
    void aVoterIsRemovedAlsoWhenItLeads() throws IOException {
        startVoters();
        commit(1);
        QuorumMember removed = leader();

        assertThat(removed.removeVoter(removed.id(), directory(removed.id()))).isEqualTo(Outcome.OK);

        await().atMost(LONG).until(() -> members.values().stream().anyMatch(each -> each.leads() && each != removed));
        commit(2);
        awaitCommitted(1L, 2L);
        assertThat(leader().voters()).hasSize(2).doesNotContain(removed.id());
        assertThat(leader().removeVoter(9, directory(9)).error()).isEqualTo(ErrorKind.VOTER_NOT_FOUND);
    }

    @Test
    void aVoterWhoseDiskWasWipedIsNobodyUntilItIsAddedAnew() throws Exception {
        startVoters();
        commit(1);
        QuorumMember wiped = follower();
        members.remove(wiped.id());
        wiped.close();
        delete(folder.resolve("node-" + wiped.id()));

        TopicId other = new TopicId(77, wiped.id());
        start(wiped.id(), other, List.of());
        awaitCommitted(1L);
        assertThat(leader().quorum().observers())
                .extracting(Member::directoryId)
                .contains(other);
        assertThat(leader().removeVoter(wiped.id(), directory(wiped.id()))).isEqualTo(Outcome.OK);
        assertThat(leader().addVoter(wiped.id(), other, ports.get(wiped.id()))).isEqualTo(Outcome.OK);

        assertThat(leader().quorum().voters()).extracting(Member::directoryId).contains(other);
    }

    /// The one that is left still names it as the leader, of an epoch its new disk knows nothing of.
    @Test
    void aLeaderWhoseDiskWasWipedWaitsForTheOthersToElectAnother() throws Exception {
        startVoters();
        commit(1);
        awaitCommitted(1L);
        QuorumMember wiped = leader();
        QuorumMember down = follower();
        vanish(down);
        vanish(wiped);
        wiped.awaitGone();
        delete(folder.resolve("node-" + wiped.id()));

        start(wiped.id(), new TopicId(77, wiped.id()), List.of());
        QuorumMember returned = members.get(wiped.id());
        await().atMost(LONG).during(Duration.ofSeconds(2)).until(() -> !returned.failed.isDone());
        down.awaitGone();
        start(down.id(), directory(down.id()), voters());

        commit(2);
        awaitCommitted(1L, 2L);
        assertThat(returned.failed).isNotDone();
    }

    private void startVoters() throws IOException {
        for (int id = 1; id <= 3; id++) {
            start(id, directory(id), voters());
        }
    }

    private void start(int id, TopicId directoryId, List<RaftSettings.Voter> voters) throws IOException {
        List<PeerAddress> known = List.of(address(1), address(2), address(3));
        members.put(
                id,
                new QuorumMember(
                        id,
                        directoryId,
                        Files.createDirectories(folder.resolve("node-" + id)),
                        ports.get(id),
                        voters,
                        known));
    }

    private List<RaftSettings.Voter> voters() {
        List<RaftSettings.Voter> voters = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            voters.add(new RaftSettings.Voter(id, directory(id), address(id)));
        }
        return voters;
    }

    private PeerAddress address(int id) {
        return new PeerAddress("127.0.0.1", ports.get(id));
    }

    private static TopicId directory(int id) {
        return new TopicId(70, id);
    }

    private void vanish(QuorumMember member) throws InterruptedException {
        members.remove(member.id());
        gone.add(member);
        member.vanish();
    }

    private QuorumMember leader() {
        return await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .until(
                        () -> members.values().stream()
                                .filter(QuorumMember::leads)
                                .findFirst()
                                .orElse(null),
                        each -> each != null);
    }

    private QuorumMember follower() {
        QuorumMember leader = leader();
        return members.values().stream()
                .filter(each -> each != leader && each.id() <= 3)
                .findFirst()
                .orElseThrow();
    }

    private void commit(long value) {
        await().atMost(LONG).until(() -> leader().append(value) instanceof AppendReply.Accepted);
        await().atMost(LONG).until(() -> leader().committed.contains(value));
    }

    private void awaitCommitted(Long... values) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(members.values())
                        .allSatisfy(member -> assertThat(member.committed).containsExactly(values)));
    }

    private static void delete(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
