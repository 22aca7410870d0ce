package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Missing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import org.apache.kafka.common.Node;

/// The nodes of a cluster as the cluster itself tells them: who serves and who votes.
///
/// @param nodes by id, those that do not serve at the moment too
/// @param quorum as the controller sees it
record ClusterMembers(String clusterId, Map<Integer, Node> nodes, QuorumInfo quorum) {
    /// A node that follows asks several times a second.
    private static final long SILENT_MS = 5_000;

    static ClusterMembers ask(Admin admin) {
        var cluster = admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
        Collection<Node> nodes = Replies.await(cluster.nodes());
        Map<Integer, Node> byId = new LinkedHashMap<>();
        nodes.forEach(node -> byId.put(node.id(), node));
        return new ClusterMembers(
                Replies.await(cluster.clusterId()),
                byId,
                Replies.await(admin.describeMetadataQuorum().quorumInfo()));
    }

    /// One node in a table.
    ///
    /// @param vote its part in the metadata quorum
    /// @param behind records of the metadata it does not have yet
    record Member(int id, String address, String rack, String state, String vote, Object behind) {}

    /// Who follows the metadata now. The controller remembers for minutes whoever did: nodes that are gone, and disks
    /// that were replaced.
    private List<ReplicaState> observers() {
        long now = quorum.voters().stream()
                .mapToLong(ClusterMembers::fetchedMs)
                .max()
                .orElse(0);
        return quorum.observers().stream()
                .filter(observer -> now - fetchedMs(observer) < SILENT_MS)
                .toList();
    }

    private static long fetchedMs(ReplicaState state) {
        return state.lastFetchTimestamp().orElse(0);
    }

    /// By node id; a node that votes with two disks, because one was replaced, is there twice.
    List<Member> members() {
        List<Member> members = new ArrayList<>();
        TreeSet<Integer> ids = new TreeSet<>(nodes.keySet());
        quorum.voters().forEach(voter -> ids.add(voter.replicaId()));
        observers().forEach(observer -> ids.add(observer.replicaId()));
        for (int id : ids) {
            quorum.voters().stream()
                    .filter(state -> state.replicaId() == id)
                    .forEach(state -> members.add(member(id, id == quorum.leaderId() ? "leader" : "voter", state)));
            observers().stream()
                    .filter(state -> state.replicaId() == id)
                    .forEach(state -> members.add(member(id, "observer", state)));
            if (members.stream().noneMatch(member -> member.id() == id)) {
                members.add(new Member(id, address(id), rack(id), state(id), "none", Missing.VALUE));
            }
        }
        return members;
    }

    private Member member(int id, String vote, ReplicaState state) {
        Object behind = state.logEndOffset() < 0 ? Missing.VALUE : Math.max(0, end() - state.logEndOffset());
        return new Member(id, address(id), rack(id), state(id), vote, behind);
    }

    private long end() {
        return quorum.voters().stream()
                .filter(voter -> voter.replicaId() == quorum.leaderId())
                .mapToLong(ReplicaState::logEndOffset)
                .findFirst()
                .orElse(quorum.highWatermark());
    }

    private String address(int id) {
        Node node = nodes.get(id);
        return node == null || node.isEmpty() ? "" : node.host() + ":" + node.port();
    }

    private String rack(int id) {
        Node node = nodes.get(id);
        return node == null || node.rack() == null ? "" : node.rack();
    }

    private String state(int id) {
        Node node = nodes.get(id);
        return node == null ? "not registered" : node.isFenced() ? "fenced" : "serving";
    }

    boolean serves(int id) {
        return state(id).equals("serving");
    }

    Optional<ReplicaState> voter(int id) {
        return quorum.voters().stream().filter(voter -> voter.replicaId() == id).findFirst();
    }

    /// @throws CommandFailure when there is no such observer
    ReplicaState observer(int id) {
        return observers().stream()
                .filter(observer -> observer.replicaId() == id)
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.REFUSED,
                        voter(id).isPresent()
                                ? "Node " + id + " votes already"
                                : "Node " + id + " does not follow the metadata of this cluster",
                        "A node joins with: millrace start --node " + id + " --cluster HOST:PORT"));
    }
}
