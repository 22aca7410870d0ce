package io.millrace.server.peer;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.server.peer.Formation.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Decides, from what the others answer, what a node does that comes back with the folder of a former life. Before it
/// votes or registers it has to know that the folder is not an older copy: a voter that forgot what it acknowledged can
/// elect a leader that lacks it. So it asks as many others as it needs for a majority anyway.
///
/// Invariant: a folder that another node knows a later life of never votes as who it was.
final class Comeback {
    private Comeback() {}

    /// What the node does next.
    sealed interface Step {
        /// Nobody knows anything newer.
        ///
        /// @param own lives of this node that others know of
        record Go(List<NodeLife> own) implements Step {}

        /// The folder is an older copy, and the others decide without it: it comes back as one whose disk was wiped.
        ///
        /// @param epoch of the latest life somebody knows
        /// @param knownBy which node that is
        record Renew(long epoch, int knownBy) implements Step {}

        /// Ask again soon.
        record Wait(List<String> why) implements Step, Pending {}

        /// An operator has to change something.
        record Refused(String why) implements Step {}
    }

    /// @param self this node, in its cluster
    /// @param folder where its data is, for an operator
    /// @param lives what that folder knows; empty when it was never among others
    /// @param heard as [AddressBook] sorted it
    static Step decide(Introduction self, String folder, Optional<Lives> lives, Map<PeerAddress, Heard> heard) {
        Map<Integer, Introduction> others = new TreeMap<>();
        boolean hearsItself = false;
        List<String> silent = new ArrayList<>();
        for (var each : heard.entrySet()) {
            switch (each.getValue()) {
                case Heard.Silent(String why) -> silent.add(each.getKey() + " does not answer: " + why);
                case Heard.Answered(Introduction who)
                when who.incarnation().equals(self.incarnation()) -> hearsItself = true;
                case Heard.Answered(Introduction who) -> {
                    Optional<String> wrong = wrong(self, folder, each.getKey(), who);
                    if (wrong.isPresent()) {
                        return new Step.Refused(wrong.get());
                    }
                    others.put(who.nodeId(), who);
                }
            }
        }
        return decide(self, lives, new Answers(others, hearsItself, silent));
    }

    /// @param others who answered and belongs here
    private record Answers(Map<Integer, Introduction> others, boolean hearsItself, List<String> silent) {
        /// Who leads knows all registrations, whoever votes by now, and can do without this node.
        boolean leaderAnswered() {
            return others.values().stream().anyMatch(who -> who.known().leads());
        }

        List<NodeLife> lives(int nodeId) {
            return others.values().stream()
                    .flatMap(who -> who.known().livesOf(nodeId).stream())
                    .toList();
        }
    }

    private static Step decide(Introduction self, Optional<Lives> lives, Answers answers) {
        boolean leaderAnswered = answers.leaderAnswered();
        Optional<Later> later = later(self, lives.orElse(Lives.NONE), answers.others());
        if (lives.isPresent() && later.isPresent()) {
            // Nothing is given up before the others have shown that they can do without: when all nodes were restored
            // from copies of different moments, nobody leads.
            return leaderAnswered ? later.get().renewal() : later.get().waiting();
        }
        int missing = votersNow(lives.orElse(Lives.NONE), answers).stream()
                .mapToInt(voters -> missing(self, voters, answers))
                .min()
                .orElseThrow();
        if (missing <= 0 || leaderAnswered) {
            return new Step.Go(answers.lives(self.nodeId()));
        }
        List<String> reasons = new ArrayList<>(answers.silent());
        reasons.add("before this node takes part again, " + missing
                + " more of the others must say that its data is not an older copy");
        return new Step.Wait(reasons);
    }

    private record Later(long epoch, int knownBy) {
        Step renewal() {
            return new Step.Renew(epoch, knownBy);
        }

        Step waiting() {
            return new Step.Wait(List.of("this node's data is an older copy: node " + knownBy
                    + " knows a later life of it (epoch " + epoch
                    + "). It waits until the others have a controller, and then comes back as one with an empty disk"));
        }
    }

    private static Optional<Later> later(Introduction self, Lives lives, Map<Integer, Introduction> others) {
        Optional<Later> latest = Optional.empty();
        for (Introduction other : others.values()) {
            for (NodeLife life : other.known().livesOf(self.nodeId())) {
                boolean isNews = lives.isOlderThan(life);
                if (isNews
                        && latest.filter(known -> known.epoch() >= life.epoch()).isEmpty()) {
                    latest = Optional.of(new Later(life.epoch(), other.nodeId()));
                }
            }
        }
        return latest;
    }

    /// Who votes, as those know it who heard of the latest life of any node: voters may have been replaced while this
    /// node was down, and some of those who answer may have been down, too.
    private static List<Set<Integer>> votersNow(Lives lives, Answers answers) {
        List<Knowledge> all = new ArrayList<>(List.of(Knowledge.of(false, lives)));
        answers.others().values().stream()
                .map(Introduction::known)
                .filter(known -> !known.voters().isEmpty())
                .forEach(all::add);
        long latest = all.stream().mapToLong(Knowledge::latest).max().orElseThrow();
        return all.stream()
                .filter(known -> known.latest() == latest)
                .map(known -> known.voters().stream().map(Voter::nodeId).collect(Collectors.toSet()))
                .toList();
    }

    /// How many others have to answer still when these are the voters.
    private static int missing(Introduction self, Set<Integer> voters, Answers answers) {
        boolean isAlone = voters.equals(Set.of(self.nodeId())) || voters.isEmpty();
        boolean votes = voters.contains(self.nodeId()) && !isAlone;
        int answered = (int) answers.others().values().stream()
                .filter(who -> who.isFormed() && (!votes || voters.contains(who.nodeId())))
                .count();
        // Told of others that are not itself: it was alone, and is meant to join a cluster, or is in one already.
        int needed = isAlone && answers.hearsItself() ? 0 : 1;
        return (votes ? voters.size() / 2 : needed) - answered;
    }

    private static Optional<String> wrong(Introduction self, String folder, PeerAddress address, Introduction who) {
        if (who.nodeId() == self.nodeId() && who.directoryId().equals(self.directoryId())) {
            return Optional.of(folder + " is a copy: node " + self.nodeId() + " of this folder runs at " + address
                    + " already. A new node needs a number of its own (--node) and an empty folder.");
        }
        if (!who.isStrangerTo(self)) {
            return Optional.empty();
        }
        return Optional.of(folder + " belongs to cluster " + self.clusterId() + ", and node " + who.nodeId() + " at "
                + address + " to cluster " + who.clusterId()
                + (who.clusterId().equals(self.clusterId()) ? " that began with other voters" : "")
                + ": they can not be one cluster. Move the data folder of the one away that is to join the other.");
    }
}
