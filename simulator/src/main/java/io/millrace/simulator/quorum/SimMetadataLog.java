package io.millrace.simulator.quorum;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.SimLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One life of one node's metadata log.
///
/// Owned by: its node's metadata loop; the quorum calls it between turns, and the listener is called in turns.
public final class SimMetadataLog implements MetadataLog {
    /// Largest batch, as in the log on disk.
    private static final int BATCH_BYTES_MAX = 8 << 20;

    private static final int BUSY_ONE_IN = 300;
    private static final int SNAPSHOT_LAG_BATCHES = 40;

    private final SimQuorum quorum;
    private final Voter voter;
    private @Nullable SimLoop loop;
    private @Nullable Listener listener;
    private boolean isClosed;
    private int delivered;
    private long deliveredOffset = -1;
    private int leadingEpoch;
    private int leadingFrom;
    private int toldEpoch;
    private int toldLeader = -2;

    SimMetadataLog(SimQuorum quorum, Voter voter) {
        this.quorum = quorum;
        this.voter = voter;
    }

    @Override
    public void start(Loop loop, Listener listener) {
        if (!(loop instanceof SimLoop simulated)) {
            throw new InvariantViolation("a simulated log runs on a simulated loop");
        }
        this.loop = simulated;
        this.listener = listener;
        voter.life = this;
    }

    /// Whether its process runs: a node that stands still neither votes nor answers.
    boolean isTurning() {
        SimLoop mine = loop;
        return !isClosed && mine != null && !mine.isDead() && !mine.isStandingStill();
    }

    @Override
    public AppendReply append(int epoch, List<MetadataRecord> batch) {
        if (loop != null) {
            loop.assertOwned();
        }
        if (isClosed || epoch != leadingEpoch || voter.epochSeen != epoch) {
            return new AppendReply.NotLeader();
        }
        if (quorum.chance().onceIn(BUSY_ONE_IN)) {
            return new AppendReply.Busy();
        }
        long last = voter.endOffset() + batch.size() - 1;
        Batch made = Batch.of(new Position(last, epoch, quorum.world().nowMs()), batch);
        if (made.bytes() > BATCH_BYTES_MAX) {
            return new AppendReply.TooLarge();
        }
        voter.add(made);
        quorum.appended(voter);
        return new AppendReply.Accepted(last);
    }

    /// Elected: begins the epoch with a control batch; leads when that is committed and heard.
    void elected(int epoch) {
        leadingFrom = voter.size();
        leadingEpoch = epoch;
        Position last = new Position(voter.endOffset(), epoch, quorum.world().nowMs());
        voter.add(Batch.of(last, List.of()));
    }

    /// Heard from the leader: hears what is committed, and who it is. Who leads no more hears that before it hears what
    /// others committed; who leads now hears all that was committed before it hears that it leads.
    void exchanged(int leaderId, int epoch) {
        if (epoch > leadingEpoch) {
            leadingEpoch = 0;
        }
        if (leaderId != voter.node) {
            tell(leaderId, epoch);
            deliver();
            return;
        }
        deliver();
        if (leadingEpoch == epoch && delivered > leadingFrom) {
            tell(leaderId, epoch);
        }
    }

    private void deliver() {
        Batch newest = quorum.snapshot().orElse(null);
        if (newest != null
                && newest.last().offset() > deliveredOffset
                && (delivered == 0 || quorum.committed() - delivered > SNAPSHOT_LAG_BATCHES)) {
            deliveredOffset = newest.last().offset();
            post(to -> to.onSnapshot(newest.last(), newest.records()));
        }
        while (delivered < Math.min(quorum.committed(), voter.size())) {
            Batch next = voter.get(delivered++);
            if (next.last().offset() > deliveredOffset) {
                deliveredOffset = next.last().offset();
                post(to -> to.onCommitted(next.last(), next.records()));
            }
        }
    }

    /// No majority for a while: there is no leader as far as this node knows.
    void heardNothing() {
        leadingEpoch = 0;
        if (toldLeader >= 0) {
            tell(-1, voter.epochSeen);
        }
    }

    private void tell(int leaderId, int epoch) {
        if (epoch > toldEpoch || epoch == toldEpoch && toldLeader != leaderId) {
            toldEpoch = epoch;
            toldLeader = leaderId;
            OptionalInt told = leaderId < 0 ? OptionalInt.empty() : OptionalInt.of(leaderId);
            post(to -> to.onLeader(told, epoch));
        }
    }

    private interface Saying {
        void to(Listener listener);
    }

    private void post(Saying saying) {
        SimLoop mine = loop;
        Listener to = listener;
        if (mine != null && to != null) {
            mine.post(() -> {
                if (!isClosed) {
                    saying.to(to);
                }
            });
        }
    }

    @Override
    public void writeSnapshot(Position last, Contents contents) {
        List<MetadataRecord> records = new ArrayList<>();
        contents.forEach(records::add);
        quorum.keepSnapshot(Batch.of(last, records));
    }

    @Override
    public void quorum(Consumer<QuorumView> reply) {
        Member self = new Member(voter.node, TopicId.NONE, voter.endOffset(), -1, -1);
        int leaderId = Math.max(-1, toldLeader);
        post(_ -> reply.accept(new QuorumView(leaderId, toldEpoch, deliveredOffset, List.of(self), List.of())));
    }

    @Override
    public SortedSet<Integer> voters() {
        return quorum.nodes();
    }

    @Override
    public Optional<PeerAddress> addressOf(int nodeId) {
        return quorum.nodes().contains(nodeId) ? Optional.of(SimNetwork.address(nodeId)) : Optional.empty();
    }

    /// The voters of a simulation are fixed: what changes them is the engine's business.
    @Override
    public void addVoter(ClusterChanges.Voter added, Consumer<Outcome> reply) {
        reply.accept(new Outcome(ErrorKind.UNSUPPORTED_VERSION, "the voters are fixed"));
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        reply.accept(new Outcome(ErrorKind.UNSUPPORTED_VERSION, "the voters are fixed"));
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
