package io.millrace.cluster.raft;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.NodeIdentity;
import io.millrace.model.Loop;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a node whose disk was replaced its vote back, once it has copied what the others know; [LostVote] says when.
/// Does nothing on a node that votes already or was never meant to.
///
/// Owned by: the metadata loop.
final class VoteReturn {
    private static final Logger LOG = LoggerFactory.getLogger(VoteReturn.class);
    private static final long PAUSE_MS_MIN = 500;
    private static final long PAUSE_MS_MAX = 30_000;

    private final NodeIdentity self;
    private final NodeView.Endpoint endpoint;
    private final ClusterChanges cluster;
    private final TakenVote taken;
    private final Loop loop;
    private long pauseMs = PAUSE_MS_MIN;
    private String told = "";

    /// @param endpoint where other nodes reach this one
    VoteReturn(NodeIdentity self, NodeView.Endpoint endpoint, ClusterChanges cluster, TakenVote taken, Loop loop) {
        this.self = self;
        this.endpoint = endpoint;
        this.cluster = cluster;
        this.taken = taken;
        this.loop = loop;
    }

    /// Asks who votes, and goes on from there.
    void begin() {
        cluster.quorum(reply -> loop.run(() -> onQuorum(reply)));
    }

    private void onQuorum(QuorumReply reply) {
        try {
            switch (LostVote.of(reply.quorum(), self, taken.isNoted())) {
                case LostVote.Step.Votes() -> taken.forget();
                case LostVote.Step.Observes() -> {} // as it was told to
                case LostVote.Step.Wait(String why) -> again(why);
                case LostVote.Step.TakeOld(var directoryId) -> {
                    taken.note(); // before it is taken: after a crash in between nobody else would know whose it was
                    LOG.info("event=old-vote-taken node={} directory={}", self.nodeId(), directoryId);
                    cluster.removeVoter(self.nodeId(), directoryId, outcome -> loop.run(() -> onTaken(outcome)));
                }
                case LostVote.Step.Join() -> join();
            }
        } catch (IOException refused) {
            again(String.valueOf(refused.getMessage()));
        }
    }

    private void onTaken(Outcome outcome) {
        if (outcome.isOk()) {
            join();
        } else {
            again(outcome.message());
        }
    }

    private void join() {
        Voter voter = new Voter(self.nodeId(), self.directoryId(), List.of(endpoint));
        cluster.addVoter(voter, outcome -> loop.run(() -> onJoined(outcome)));
    }

    private void onJoined(Outcome outcome) {
        if (outcome.isOk()) {
            LOG.info("event=vote-returned node={} directory={}", self.nodeId(), self.directoryId());
        } else {
            again(outcome.message());
            return;
        }
        try {
            taken.forget();
        } catch (IOException refused) {
            LOG.warn("event=note-kept file={} reason=\"{}\"", taken, refused.getMessage());
        }
    }

    /// Looks anew: the answer may have been lost, and others may have changed the quorum.
    private void again(String why) {
        if (!why.equals(told)) {
            told = why;
            LOG.warn("event=vote-waits node={} reason=\"{}\"", self.nodeId(), why);
        }
        loop.after(pauseMs, this::begin);
        pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2);
    }
}
