package io.millrace.cluster;

import io.millrace.cluster.peer.PeerAddress;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a node sees of the metadata quorum: whether it heard of a majority lately, and which voters answer it. The one
/// place from which "no majority" is told: to operators, load balancers and clients alike.
///
/// @param voters as far as the node knows; empty before it knows any
/// @param silent the voters that did not answer the last time they were asked
/// @param majorityMs monotonic: when a controller that a majority follows was last known to be there
/// @param patienceMs how long a controller may be missing before that is told: choosing another takes a moment
public record QuorumSight(
        SortedSet<Integer> voters, SortedMap<Integer, Silence> silent, long majorityMs, long patienceMs) {
    public QuorumSight {
        voters = new TreeSet<>(voters);
        silent = new TreeMap<>(silent);
    }

    /// @param at empty when nobody knows
    /// @param why as the connection or its absence told it
    public record Silence(String at, String why) {
        static Silence of(PeerAddress at, String why) {
            return new Silence(at.toString(), why);
        }
    }

    /// Of a node that is its own cluster.
    static QuorumSight alone(int nodeId) {
        return new QuorumSight(new TreeSet<>(List.of(nodeId)), new TreeMap<>(), LeaseCell.FOREVER, 0);
    }

    QuorumSight withMajority(long atMs) {
        return new QuorumSight(voters, silent, Math.max(majorityMs, atMs), patienceMs);
    }

    QuorumSight withVoters(SortedSet<Integer> all, SortedMap<Integer, Silence> silentOnes) {
        return new QuorumSight(all, silentOnes, majorityMs, patienceMs);
    }

    /// How old what this node knows of the metadata may be.
    public long lagMs(long nowMs) {
        return majorityMs == LeaseCell.FOREVER ? 0 : Math.max(0, nowMs - majorityMs);
    }

    public boolean hasMajority(long nowMs) {
        return lagMs(nowMs) <= patienceMs;
    }

    /// The voters that are not silent, this node among them if it votes.
    public SortedSet<Integer> heard() {
        SortedSet<Integer> heard = new TreeSet<>(voters);
        heard.removeAll(silent.keySet());
        return heard;
    }

    /// How many voters make a majority.
    public int needed() {
        return voters.size() / 2 + 1;
    }

    /// For an operator, while there is no majority: `there is no controller: 1 of 3 voters is reachable (3), 2 are
    /// needed. Silent: 1 at a:9190 (connection refused), 2 at ...`.
    public String words() {
        if (voters.isEmpty()) {
            return "there is no controller, and who votes is not known yet: no node of the cluster has told";
        }
        String reachable = heard().size() + " of " + voters.size() + (voters.size() == 1 ? " voter " : " voters ")
                + (heard().size() == 1 ? "is" : "are") + " reachable"
                + (heard().isEmpty() ? "" : " (" + ids(heard()) + ")");
        String start = heard().size() < needed()
                ? "there is no controller: " + reachable + ", " + needed() + (needed() == 1 ? " is" : " are")
                        + " needed"
                : "no controller has answered this node lately, though " + reachable;
        return silent.isEmpty() ? start : start + ". Silent: " + silences();
    }

    private String silences() {
        return silent.entrySet().stream()
                .map(each -> each.getKey()
                        + (each.getValue().at().isEmpty()
                                ? ""
                                : " at " + each.getValue().at())
                        + (each.getValue().why().isEmpty()
                                ? ""
                                : " (" + each.getValue().why() + ")"))
                .collect(Collectors.joining(", "));
    }

    private static String ids(SortedSet<Integer> nodes) {
        return nodes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
