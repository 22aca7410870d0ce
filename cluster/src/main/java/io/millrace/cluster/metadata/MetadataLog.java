package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.function.Consumer;

/// The port to the replicated metadata log.
///
/// Owned by: the loop given to [#start(Loop, Listener)]. Every method is called inside it, and the
/// listener is only ever called inside it.
/// Invariant: a batch is seen by the listener only when a majority has it on disk (fsynced), in offset order, exactly
/// once in the life of the log object, and each batch as a whole.
public interface MetadataLog extends AutoCloseable {
    /// Loads what is committed (a snapshot, then batches), then goes on.
    void start(Loop loop, Listener listener);

    /// Proposes a batch; all of it is committed or none.
    ///
    /// @param epoch the epoch in which the caller was told it leads
    AppendReply append(int epoch, List<MetadataRecord> batch);

    /// Keeps `contents`, which add up to everything committed up to and including `last`, and lets the log forget what
    /// it replaces. Does nothing when there is such a snapshot already, or another one is being written.
    ///
    /// @param contents asked for more than once, in whatever thread the log writes in
    void writeSnapshot(Position last, Contents contents);

    /// The quorum as this node sees it: complete on the leader. The answer comes inside the loop.
    void quorum(Consumer<QuorumView> reply);

    /// The node ids of the voters, as far as this node knows. Called inside the loop.
    SortedSet<Integer> voters();

    /// Where the voter `nodeId` is reached. Called inside the loop.
    Optional<PeerAddress> addressOf(int nodeId);

    /// Makes an observer a voter; on the leader only. The answer comes inside the loop.
    void addVoter(Voter voter, Consumer<Outcome> reply);

    /// Makes a voter an observer; on the leader only. The answer comes inside the loop.
    void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply);

    /// Stops. The listener is not called any more once this returns.
    @Override
    void close();

    /// The records of a snapshot, the same each time. They are handed out one by one: all at once they would fill a
    /// good part of the heap, and live long enough to be taken for old.
    interface Contents {
        void forEach(Consumer<? super MetadataRecord> action);
    }

    /// Where a record lies.
    ///
    /// @param timestampMs when its leader appended it
    record Position(long offset, int epoch, long timestampMs) {
        /// Before the first record.
        public static final Position NONE = new Position(-1, 0, 0);
    }

    /// Hears what the log has to say.
    interface Listener {
        /// Everything up to and including `last`, in place of what was heard before.
        void onSnapshot(Position last, List<MetadataRecord> records);

        /// A batch is committed and on disk. `records` is empty for the log's own control batches.
        void onCommitted(Position last, List<MetadataRecord> records);

        /// The leader of `epoch` is known, or there is none. When it is this node, everything that earlier leaders
        /// committed was handed over before.
        void onLeader(OptionalInt leaderId, int epoch);

        /// The log cannot go on; nothing more will come.
        void onFailure(String why, Throwable cause);
    }

    /// What became of a proposal.
    sealed interface AppendReply {
        /// Will be committed at `lastOffset` unless leadership is lost first.
        record Accepted(long lastOffset) implements AppendReply {}

        /// This node does not lead `epoch` (any more).
        record NotLeader() implements AppendReply {}

        /// Too much is under way: propose again later.
        record Busy() implements AppendReply {}

        /// The disk takes nothing now. Nothing was proposed, and the log goes on.
        record DiskRefused(String why) implements AppendReply {}

        /// More than one batch can carry.
        record TooLarge() implements AppendReply {}
    }
}
