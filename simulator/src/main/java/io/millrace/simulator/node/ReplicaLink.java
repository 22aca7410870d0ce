package io.millrace.simulator.node;

import io.millrace.cluster.replica.FollowPosition;
import io.millrace.cluster.replica.LeaderLink;
import io.millrace.cluster.replica.ReplicaFetch;
import io.millrace.cluster.replica.ReplicaFetched;
import io.millrace.simulator.net.LinkAnswer;
import io.millrace.simulator.net.SimLink;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A follower's connection to a leader.
///
/// Owned by: the data loop of the follower's node.
final class ReplicaLink implements LeaderLink {
    private static final long TIMEOUT_MS = 2_000;

    private final SimLink<ReplicaCall, ReplicaFetched> link;
    private final LongSupplier nodeEpoch;
    private final boolean hidesEpoch;
    private boolean isClosed;

    /// @param hidesEpoch a bug on purpose, see [Sabotage]
    ReplicaLink(SimLink<ReplicaCall, ReplicaFetched> link, LongSupplier nodeEpoch, boolean hidesEpoch) {
        this.hidesEpoch = hidesEpoch;
        this.link = link;
        this.nodeEpoch = nodeEpoch;
    }

    @Override
    public void fetch(ReplicaFetch question, Consumer<ReplicaFetched> answer) {
        link.send(
                new ReplicaCall(nodeEpoch.getAsLong(), hidesEpoch ? hidden(question) : question),
                TIMEOUT_MS,
                outcome -> {
                    if (!isClosed) {
                        answer.accept(outcome(outcome));
                    }
                });
    }

    private static ReplicaFetch hidden(ReplicaFetch question) {
        List<ReplicaFetch.Wanted> wanted = question.wanted().stream()
                .map(each -> new ReplicaFetch.Wanted(each.key(), hidden(each.position())))
                .toList();
        return new ReplicaFetch(question.sessionId(), question.sessionEpoch(), wanted, question.forgotten());
    }

    private static FollowPosition hidden(FollowPosition position) {
        return new FollowPosition(position.leaderEpoch(), position.fetchOffset(), position.startOffset(), -1);
    }

    private static ReplicaFetched outcome(LinkAnswer<ReplicaFetched> outcome) {
        return switch (outcome) {
            case LinkAnswer.Answered<ReplicaFetched>(ReplicaFetched value) -> value;
            case LinkAnswer.Failed<ReplicaFetched> failed ->
                new ReplicaFetched.Failed(failed.reason().toString());
        };
    }

    @Override
    public void close() {
        isClosed = true;
        link.close();
    }
}
