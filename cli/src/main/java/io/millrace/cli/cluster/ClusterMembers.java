package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Missing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    /// What any node knows without a controller: which there are, and no more about them than where.
    ///
    /// @param nodes by id
    record Known(String clusterId, Map<Integer, Node> nodes) {
        static Known ask(Admin admin) {
            var cluster = admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
            Map<Integer, Node> byId = new TreeMap<>();
            Replies.await(admin, cluster.nodes()).forEach(node -> byId.put(node.id(), node));
            return new Known(Replies.await(admin, cluster.clusterId()), byId);
        }

        /// By node id. Who serves is what the controller would tell.
        List<Member> members() {
            return nodes.values().stream()
                    .map(node -> new Member(
                            node.id(),
                            node.host() + ":" + node.port(),
                            node.rack() == null ? "" : node.rack(),
                            "unknown",
                            "unknown",
                            Missing.VALUE))
                    .toList();
        }
    }

    static ClusterMembers ask(Admin admin) {
        return ask(admin, Known.ask(admin));
    }

    static ClusterMembers ask(Admin admin, Known known) {
        return new ClusterMembers(
                known.clusterId(),
                known.nodes(),
                Replies.await(admin, admin.describeMetadataQuorum().quorumInfo()));
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

    /// By node id; a node that votes with two disks, because one was replaced, is there twice. One that was forgotten
    /// is not there, even if it followed a moment ago.
    List<Member> members() {
        List<Member> members = new ArrayList<>();
        TreeSet<Integer> ids = new TreeSet<>(nodes.keySet());
        quorum.voters().forEach(voter -> ids.add(voter.replicaId()));
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

    /// @throws CommandFailure when there is no such node
    void require(int id) {
        if (!nodes.containsKey(id) && voter(id).isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND, "There is no node " + id + " in this cluster", "millrace cluster status");
        }
    }

    /// @throws CommandFailure when there is no such observer
    ReplicaState observer(int id) {
        return observers().stream()
                .filter(observer -> observer.replicaId() == id)
                .findFirst()
                .orElseThrow(() -> voter(id).isPresent()
                        ? new CommandFailure(ExitCode.REFUSED, "Node " + id + " votes already")
                        : new CommandFailure(
                                ExitCode.NOT_FOUND,
                                "Node " + id + " does not follow the metadata of this cluster",
                                "A node joins with: millrace start --node " + id + " --cluster HOST:PORT"));
    }
}
