package io.millrace.server.peer;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a folder knows of the lives of its node and of the others. By it a folder that went back in time, as a restored
/// copy does, is told from one whose node was killed: whatever registered is noted in the folder before it registers,
/// so a registration the folder knows nothing of happened after the copy was made.
///
/// @param epoch of the last life of this node that is known to be registered; 0 for none
/// @param own what this node was in that life and the starts since, the last [#STARTS_MAX] at least
/// @param voters who votes
/// @param others the last lives of the other nodes
record Lives(long epoch, List<TopicId> own, List<Voter> voters, List<NodeLife> others) {
    static final Lives NONE = new Lives(0, List.of(), List.of(), List.of());

    /// Starts that nobody who was asked has heard of.
    static final int STARTS_MAX = 1_000;

    Lives {
        own = List.copyOf(own.subList(Math.max(0, own.size() - STARTS_MAX), own.size()));
        voters = List.copyOf(voters);
        others = List.copyOf(others);
    }

    /// A life begins, which has not registered yet.
    Lives begin(TopicId incarnation) {
        List<TopicId> starts = new ArrayList<>(own);
        starts.add(incarnation);
        return new Lives(epoch, starts, voters, others);
    }

    /// What the metadata says now. As long as the last start is not registered in it, it is replayed, and older than
    /// what the folder knows.
    ///
    /// @param registered all nodes
    Lives heard(int nodeId, List<NodeLife> registered, List<Voter> voting) {
        return registered.stream()
                .filter(life -> life.nodeId() == nodeId && isLast(life.incarnation()))
                .findFirst()
                .map(self -> new Lives(
                        self.epoch(),
                        List.of(self.incarnation()),
                        voting,
                        registered.stream()
                                .filter(life -> life.nodeId() != nodeId)
                                .toList()))
                .orElse(this);
    }

    private boolean isLast(TopicId incarnation) {
        return !own.isEmpty() && own.getLast().equals(incarnation);
    }

    /// Which starts of this node registered, as somebody else knows it. Without that a start that registered and was
    /// killed before it heard so would be forgotten after enough that came to nothing, and look like another's life.
    ///
    /// @param lives of this node
    Lives confirmed(List<NodeLife> lives) {
        return lives.stream()
                .filter(life -> life.epoch() > epoch && own.contains(life.incarnation()))
                .max(Comparator.comparingLong(NodeLife::epoch))
                .map(life -> new Lives(
                        life.epoch(), own.subList(own.indexOf(life.incarnation()), own.size()), voters, others))
                .orElse(this);
    }

    /// The folder is no longer who it was: what came after it is nothing it should have.
    Lives renewed(long latest) {
        return new Lives(latest, own, voters, others);
    }

    /// The latest epoch of any node it knows of. All are counted as one, so it tells whose knowledge is newer.
    long latest() {
        return Math.max(epoch, others.stream().mapToLong(NodeLife::epoch).max().orElse(0));
    }

    /// Whether `life` of this node began after the folder was copied.
    boolean isOlderThan(NodeLife life) {
        return life.epoch() > epoch && !own.contains(life.incarnation());
    }

    /// As lines of `key=value`, in version 1.
    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("version=1");
        lines.add("epoch=" + epoch);
        own.forEach(start -> lines.add("start=" + start));
        lines.addAll(Membership.voterLines(Membership.VOTER, voters));
        lines.addAll(lifeLines(others));
        return String.join("\n", lines) + "\n";
    }

    static List<String> lifeLines(List<NodeLife> lives) {
        return lives.stream()
                .map(life -> "life=" + life.nodeId() + " " + life.epoch() + " " + life.incarnation())
                .toList();
    }

    /// Empty when the text is none of this version.
    static Optional<Lives> parse(String text) {
        Lines lines = Lines.of(text);
        Optional<Long> epoch = lines.one("epoch").flatMap(Lines::longNumber);
        List<TopicId> own = new ArrayList<>();
        for (String start : lines.all("start")) {
            Lines.id(start).ifPresent(own::add);
        }
        Optional<List<Voter>> voters = Membership.voters(Membership.VOTER, lines);
        Optional<List<NodeLife>> others = lives(lines);
        boolean isWhole = lines.one("version").equals(Optional.of("1"))
                && own.size() == lines.all("start").size();
        return isWhole && epoch.isPresent() && voters.isPresent() && others.isPresent()
                ? Optional.of(new Lives(epoch.get(), own, voters.get(), others.get()))
                : Optional.empty();
    }

    /// Empty when one of them can not be read.
    static Optional<List<NodeLife>> lives(Lines lines) {
        List<NodeLife> lives = new ArrayList<>();
        for (String line : lines.all("life")) {
            String[] words = line.split(" ", -1);
            Optional<Integer> nodeId = words.length == 3 ? Lines.number(words[0]) : Optional.empty();
            Optional<Long> epoch = nodeId.flatMap(_ -> Lines.longNumber(words[1]));
            Optional<TopicId> incarnation = epoch.flatMap(_ -> Lines.id(words[2]));
            if (incarnation.isEmpty()) {
                return Optional.empty();
            }
            lives.add(new NodeLife(nodeId.get(), epoch.get(), incarnation.get()));
        }
        return Optional.of(lives);
    }
}
