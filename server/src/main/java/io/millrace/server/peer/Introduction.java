package io.millrace.server.peer;

import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a node says of itself to one that does not know it yet.
///
/// @param directoryId its first log directory, which is where it would vote
/// @param incarnation drawn at every start of the process
/// @param clusterId empty when it belongs to no cluster yet
/// @param wantedClusterId what its operator wants the cluster to be called, empty when nothing was said
/// @param nodes its `cluster.nodes`, sorted
/// @param voters with whom its cluster began
/// @param known what it knows of its cluster by now
record Introduction(
        int nodeId,
        TopicId directoryId,
        TopicId incarnation,
        String clusterId,
        String wantedClusterId,
        List<String> nodes,
        List<Voter> voters,
        Knowledge known) {
    Introduction {
        nodes = nodes.stream().sorted().toList();
        voters = List.copyOf(voters);
    }

    /// Of a node that knows nobody.
    Introduction(
            int nodeId,
            TopicId directoryId,
            TopicId incarnation,
            String clusterId,
            String wantedClusterId,
            List<String> nodes,
            List<Voter> voters) {
        this(nodeId, directoryId, incarnation, clusterId, wantedClusterId, nodes, voters, Knowledge.NONE);
    }

    boolean isFormed() {
        return !clusterId.isEmpty();
    }

    /// Whether the two can not be of one cluster, whoever of them moves.
    boolean isStrangerTo(Introduction self) {
        return isFormed() && (!clusterId.equals(self.clusterId()) || Membership.contradict(voters, self.voters()));
    }

    Introduction in(Membership membership) {
        return new Introduction(
                nodeId,
                directoryId,
                incarnation,
                membership.clusterId(),
                wantedClusterId,
                nodes,
                membership.voters(),
                known);
    }

    Introduction on(TopicId otherDirectory) {
        return new Introduction(nodeId, otherDirectory, incarnation, clusterId, wantedClusterId, nodes, voters, known);
    }

    Introduction knowing(Knowledge now) {
        return new Introduction(nodeId, directoryId, incarnation, clusterId, wantedClusterId, nodes, voters, now);
    }

    ByteBuffer encode() {
        List<String> lines = new ArrayList<>();
        lines.add("version=1");
        lines.add("node.id=" + nodeId);
        lines.add("directory.id=" + directoryId);
        lines.add("incarnation=" + incarnation);
        lines.add("cluster.id=" + clusterId);
        lines.add("wanted.cluster.id=" + wantedClusterId);
        nodes.forEach(node -> lines.add("node=" + node));
        lines.addAll(Membership.voterLines(Membership.VOTER, voters));
        lines.addAll(known.lines());
        return ByteBuffer.wrap(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    /// Empty when the bytes are no introduction of this version.
    static Optional<Introduction> decode(ByteBuffer bytes) {
        Lines lines = Lines.of(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString());
        Optional<Integer> nodeId = lines.one("node.id").flatMap(Lines::number);
        Optional<TopicId> directoryId = lines.one("directory.id").flatMap(Lines::id);
        Optional<TopicId> incarnation = lines.one("incarnation").flatMap(Lines::id);
        Optional<List<Voter>> voters = Membership.voters(Membership.VOTER, lines);
        Optional<Knowledge> known = Knowledge.parse(lines);
        if (!lines.one("version").equals(Optional.of("1"))
                || nodeId.isEmpty()
                || directoryId.isEmpty()
                || incarnation.isEmpty()
                || voters.isEmpty()
                || known.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Introduction(
                nodeId.get(),
                directoryId.get(),
                incarnation.get(),
                lines.one("cluster.id").orElse(""),
                lines.one("wanted.cluster.id").orElse(""),
                lines.all("node"),
                voters.get(),
                known.get()));
    }
}
