package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.Sha256;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The cluster a node belongs to, as it was agreed when the node joined or formed it; kept by [MembershipFile].
///
/// @param self where other nodes reach this one
/// @param voters with whom the cluster began, by node id
record Membership(String clusterId, PeerAddress self, List<Voter> voters) {
    static final String VOTER = "voter";

    Membership {
        voters = voters.stream().sorted(Comparator.comparingInt(Voter::nodeId)).toList();
    }

    /// What nodes that found only each other agree on. The cluster's id follows from who they are, so that two clusters
    /// of one id can not be, whatever happens to nodes on the way.
    ///
    /// @param clusterId empty to derive one
    static Membership forming(String clusterId, PeerAddress self, List<Voter> voters) {
        Membership named = new Membership(clusterId, self, voters);
        return clusterId.isEmpty() ? new Membership(derivedId(named.voters), self, voters) : named;
    }

    private static String derivedId(List<Voter> voters) {
        StringBuilder text = new StringBuilder();
        voters.forEach(voter -> text.append(voter.nodeId())
                .append(' ')
                .append(voter.directoryId())
                .append('\n'));
        for (int salt = 0; ; salt++) {
            ByteBuffer digest = ByteBuffer.wrap(Sha256.of((text.toString() + salt).getBytes(StandardCharsets.UTF_8)));
            String id = new TopicId(digest.getLong(), digest.getLong()).toString();
            if (!id.startsWith("-")) {
                return id; // command lines would take the others for options
            }
        }
    }

    /// Whether the cluster began with this node, on this disk, among its voters.
    boolean isInitialVoter(int nodeId, TopicId directoryId) {
        return voters.stream()
                .anyMatch(
                        voter -> voter.nodeId() == nodeId && voter.directoryId().equals(directoryId));
    }

    /// Whether two sets of voters can not have begun one cluster. A set of one says nothing: so begins a node that was
    /// alone, and one that lost the note of its cluster and only knows that it has one.
    static boolean contradict(List<Voter> some, List<Voter> others) {
        return some.size() > 1 && others.size() > 1 && !identities(some).equals(identities(others));
    }

    private static Set<String> identities(List<Voter> voters) {
        return voters.stream()
                .map(voter -> voter.nodeId() + " " + voter.directoryId())
                .collect(Collectors.toSet());
    }

    /// As lines of `key=value`, in version 1.
    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("version=1");
        lines.add("cluster.id=" + clusterId);
        lines.add("address=" + self);
        lines.addAll(voterLines(VOTER, voters));
        return String.join("\n", lines) + "\n";
    }

    static List<String> voterLines(String key, List<Voter> voters) {
        return voters.stream()
                .map(voter -> key + "=" + voter.nodeId() + " " + voter.directoryId() + " " + voter.address())
                .toList();
    }

    /// Empty when the text is not that of a membership.
    static Optional<Membership> parse(String text) {
        Lines lines = Lines.of(text);
        Optional<PeerAddress> self = lines.one("address").flatMap(Lines::address);
        Optional<List<Voter>> voters = voters(VOTER, lines);
        Optional<String> clusterId = lines.one("cluster.id").filter(id -> !id.isEmpty());
        return lines.one("version").equals(Optional.of("1")) && self.isPresent() && voters.isPresent()
                ? clusterId.map(id -> new Membership(id, self.get(), voters.get()))
                : Optional.empty();
    }

    /// Empty when one of them can not be read.
    static Optional<List<Voter>> voters(String key, Lines lines) {
        List<Voter> voters = new ArrayList<>();
        for (String line : lines.all(key)) {
            Optional<Voter> voter = voter(line);
            if (voter.isEmpty()) {
                return Optional.empty();
            }
            voters.add(voter.get());
        }
        return Optional.of(voters);
    }

    private static Optional<Voter> voter(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 3) {
            return Optional.empty();
        }
        Optional<Integer> nodeId = Lines.number(words[0]);
        Optional<TopicId> directoryId = Lines.id(words[1]);
        Optional<PeerAddress> address = Lines.address(words[2]);
        return nodeId.isPresent() && directoryId.isPresent() && address.isPresent()
                ? Optional.of(new Voter(nodeId.get(), directoryId.get(), address.get()))
                : Optional.empty();
    }
}
