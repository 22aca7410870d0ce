package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Decides, from what the addresses of a new node's list answered, whether it joins a cluster, forms one with the
/// others, or waits. Who has formed a cluster leads all others to it, so that there is only ever one: a cluster is
/// formed by nodes that all answered at once, from one list, and none of which had formed one.
final class Formation {
    private Formation() {}

    /// What an address answered.
    sealed interface Heard {
        record Answered(Introduction who) implements Heard {}

        record Silent(String why) implements Heard {}
    }

    /// What a node does next.
    sealed interface Step {
        /// The cluster is known: note it, and go on.
        record Member(Membership membership) implements Step {}

        /// Ask again soon.
        ///
        /// @param why one line for each thing that is waited for
        record Wait(List<String> why) implements Step, Pending {}

        /// An operator has to change something.
        record Refused(String why) implements Step {}
    }

    /// @param self this node, which belongs to no cluster
    /// @param listensAt where it can be reached when none of the addresses is its own
    /// @param heard by address
    static Step decide(Introduction self, PeerAddress listensAt, Map<PeerAddress, Heard> heard) {
        Map<PeerAddress, Introduction> others = new LinkedHashMap<>();
        List<PeerAddress> own = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        heard.forEach((address, what) -> {
            switch (what) {
                case Heard.Silent(String why) -> silent.add(address + " does not answer: " + why);
                case Heard.Answered(Introduction who)
                when who.incarnation().equals(self.incarnation()) -> own.add(address);
                case Heard.Answered(Introduction who) -> others.put(address, who);
            }
        });
        Optional<String> wrong = wrong(self, own, others);
        if (wrong.isPresent()) {
            return new Step.Refused(wrong.get());
        }
        PeerAddress here = own.isEmpty() ? listensAt : own.getFirst();
        for (Introduction other : others.values()) {
            if (other.isFormed()) {
                return new Step.Member(new Membership(other.clusterId(), here, other.voters()));
            }
        }
        List<String> reasons = new ArrayList<>(silent);
        reasons.addAll(differences(self, others));
        if (own.isEmpty()) {
            reasons.add("none of the addresses leads to this node, which listens for others on port " + listensAt.port()
                    + " (listeners.cluster), and nobody there belongs to a cluster yet: such a node can join a"
                    + " cluster, not begin one");
        }
        return reasons.isEmpty() ? form(self, here, others) : new Step.Wait(reasons);
    }

    private static Step form(Introduction self, PeerAddress here, Map<PeerAddress, Introduction> others) {
        List<Voter> voters = new ArrayList<>();
        voters.add(new Voter(self.nodeId(), self.directoryId(), here));
        others.forEach((address, who) -> voters.add(new Voter(who.nodeId(), who.directoryId(), address)));
        return new Step.Member(Membership.forming(self.wantedClusterId(), here, voters));
    }

    /// What waiting can not mend.
    private static Optional<String> wrong(
            Introduction self, List<PeerAddress> own, Map<PeerAddress, Introduction> others) {
        if (own.size() > 1) {
            return Optional.of("cluster.nodes names this node more than once: " + own);
        }
        Map<Integer, PeerAddress> ids = new TreeMap<>();
        Map<String, String> clusters = new TreeMap<>();
        if (!self.wantedClusterId().isEmpty()) {
            clusters.put(self.wantedClusterId(), "node.cluster-id");
        }
        for (var other : others.entrySet()) {
            Introduction who = other.getValue();
            if (who.nodeId() == self.nodeId()) {
                return Optional.of("this node is to be node " + self.nodeId() + ", and so is the one at "
                        + other.getKey() + ": every node needs a number of its own (--node)");
            }
            PeerAddress same = ids.put(who.nodeId(), other.getKey());
            if (same != null) {
                return Optional.of("both " + same + " and " + other.getKey() + " answer as node " + who.nodeId());
            }
            if (who.isFormed()) {
                clusters.put(who.clusterId(), other.getKey().toString());
            }
        }
        return clusters.size() > 1
                ? Optional.of("cluster.nodes leads to different clusters: " + clusters)
                : contradiction(others);
    }

    /// Nodes that were given one id and saw different disks: a folder was emptied while they formed.
    private static Optional<String> contradiction(Map<PeerAddress, Introduction> others) {
        List<Introduction> formed =
                others.values().stream().filter(Introduction::isFormed).toList();
        for (Introduction one : formed) {
            for (Introduction other : formed) {
                if (Membership.contradict(one.voters(), other.voters())) {
                    return Optional.of("nodes " + one.nodeId() + " and " + other.nodeId() + " both say cluster "
                            + one.clusterId() + ", and each began another one with other voters: move the data folder"
                            + " of the one away that is to join the other");
                }
            }
        }
        return Optional.empty();
    }

    /// What keeps nodes that all answer from forming a cluster until somebody is started anew.
    private static List<String> differences(Introduction self, Map<PeerAddress, Introduction> others) {
        List<String> differences = new ArrayList<>();
        others.forEach((address, who) -> {
            if (!who.nodes().equals(self.nodes())) {
                differences.add("node " + who.nodeId() + " at " + address + " was given other cluster.nodes: "
                        + String.join(",", who.nodes()) + "; here they are " + String.join(",", self.nodes()));
            }
            if (!who.wantedClusterId().equals(self.wantedClusterId())) {
                differences.add("node " + who.nodeId() + " at " + address + " was given node.cluster-id '"
                        + who.wantedClusterId() + "'; here it is '" + self.wantedClusterId() + "'");
            }
        });
        return differences;
    }
}
