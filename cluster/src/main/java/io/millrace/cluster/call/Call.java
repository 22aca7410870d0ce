package io.millrace.cluster.call;

import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.bulletin.Bulletin;
import io.millrace.cluster.controller.Command;
import io.millrace.cluster.controller.Heartbeat;
import io.millrace.cluster.controller.HeartbeatReply;
import io.millrace.model.TopicId;
import java.util.List;

/// Something one node asks another: the controller, but for [AwaitApplied] and [Hear].
///
/// @param <R> the reply
public sealed interface Call<R> {
    /// The reply when nothing of it can be done.
    R refused(Outcome why);

    /// Whether asking again for what may have been done already does no harm.
    default boolean isRepeatable() {
        return false;
    }

    /// Decide a command.
    record Decide<R>(Command<R> command) implements Call<R> {
        @Override
        public R refused(Outcome why) {
            return command.refused(why);
        }

        @Override
        public boolean isRepeatable() {
            return command.isRepeatable();
        }
    }

    /// Hear that a node lives.
    record Beat(Heartbeat heartbeat) implements Call<HeartbeatReply> {
        @Override
        public HeartbeatReply refused(Outcome why) {
            return HeartbeatReply.refused(why);
        }
    }

    /// Answered by any node, when it has applied the metadata up to `offset` or after a moment: the answer carries the
    /// offset it has come to.
    record AwaitApplied(long offset) implements Call<Outcome> {
        @Override
        public Outcome refused(Outcome why) {
            return why;
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }
    }

    /// Answered by any node: hear what another one says of itself. The reply is whether that is all there is to know.
    record Hear(Bulletin bulletin) implements Call<Boolean> {
        @Override
        public Boolean refused(Outcome why) {
            return false;
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }
    }

    /// Describe the metadata quorum.
    record DescribeQuorum() implements Call<QuorumReply> {
        @Override
        public QuorumReply refused(Outcome why) {
            return new QuorumReply(why, new QuorumView(-1, -1, -1, List.of(), List.of()));
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }
    }

    /// Add a voter to the metadata quorum.
    record AddVoter(Voter voter) implements Call<Outcome> {
        @Override
        public Outcome refused(Outcome why) {
            return why;
        }
    }

    /// Remove a voter from the metadata quorum.
    record RemoveVoter(int nodeId, TopicId directoryId) implements Call<Outcome> {
        @Override
        public Outcome refused(Outcome why) {
            return why;
        }
    }
}
