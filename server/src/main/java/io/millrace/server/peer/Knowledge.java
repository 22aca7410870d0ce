package io.millrace.server.peer;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.raft.RaftSettings.Voter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a node that introduces itself knows of its cluster.
///
/// @param leads whether it is the controller now
/// @param latest the latest epoch of any node it heard of, itself included: who heard of a later one knows better
/// @param voters who votes, as far as it heard; empty when it never heard
/// @param lives the last lives of other nodes
record Knowledge(boolean leads, long latest, List<Voter> voters, List<NodeLife> lives) {
    static final Knowledge NONE = of(false, Lives.NONE);

    private static final String VOTER = "votes";

    Knowledge {
        voters = List.copyOf(voters);
        lives = List.copyOf(lives);
    }

    static Knowledge of(boolean leads, Lives known) {
        return new Knowledge(leads, known.latest(), known.voters(), known.others());
    }

    List<NodeLife> livesOf(int nodeId) {
        return lives.stream().filter(life -> life.nodeId() == nodeId).toList();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("leads=" + leads);
        lines.add("latest=" + latest);
        lines.addAll(Membership.voterLines(VOTER, voters));
        lines.addAll(Lives.lifeLines(lives));
        return lines;
    }

    /// Empty when one of the lines can not be read; an older build says less.
    static Optional<Knowledge> parse(Lines lines) {
        Optional<List<Voter>> voters = Membership.voters(VOTER, lines);
        Optional<List<NodeLife>> lives = Lives.lives(lines);
        boolean leads = lines.one("leads").equals(Optional.of("true"));
        long latest = lines.one("latest").flatMap(Lines::longNumber).orElse(0L);
        return voters.isPresent() && lives.isPresent()
                ? Optional.of(new Knowledge(leads, latest, voters.get(), lives.get()))
                : Optional.empty();
    }
}
