package io.millrace.simulator.quorum;

import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.InvariantViolation;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The metadata quorum of a cluster: what Raft promises, reached with less. Who may be elected is decided by somebody
/// who sees every route and every disk, but a batch is committed only when a majority has it on disk, a leader that is
/// cut off goes on believing for a while and accepts batches that come to nothing, and everybody hears everything late.
///
/// Owned by: the thread of the simulation.
/// Invariant: a committed batch is never lost, and all nodes hear the same batches in the same order.
public final class SimQuorum {
    private static final long TICK_NS = 50 * World.MS;
    private static final long LEADER_SILENCE_NS = 700 * World.MS;
    private static final long RESIGN_NS = 1_050 * World.MS;
    private static final int DISK_US_MAX = 3_000;

    private final World world;
    private final SimNetwork network;
    private final SeededRandomness chance;
    private final TreeMap<Integer, Voter> voters = new TreeMap<>();
    private @Nullable Voter leader;
    private Consumer<List<MetadataRecord>> onCommitted = _ -> {};
    private int epoch;
    private final List<Batch> committed = new ArrayList<>();
    private @Nullable Batch snapshot;

    public SimQuorum(World world, SimNetwork network, Collection<Integer> nodes) {
        this.world = world;
        this.network = network;
        this.chance = world.chance("quorum");
        nodes.forEach(node -> voters.put(node, new Voter(node)));
        world.after(TICK_NS, this::tick);
    }

    /// Somebody hears of every batch at the moment it is committed.
    public void watch(Consumer<List<MetadataRecord>> watcher) {
        onCommitted = watcher;
    }

    World world() {
        return world;
    }

    SeededRandomness chance() {
        return chance;
    }

    /// The log of one life of a node.
    public SimMetadataLog open(int node) {
        return new SimMetadataLog(this, voter(node));
    }

    /// A process ended; what its machine had not synced is lost when it lost power.
    public void gone(int node, boolean hasPower) {
        Voter voter = voter(node);
        voter.life = null;
        if (leader == voter) {
            leader = null; // should it come back before others notice, it is nobody's leader
        }
        if (!hasPower) {
            voter.crash(chance);
        }
    }

    /// The disk is replaced by an empty one: the node votes again when it has everything.
    public void wipe(int node) {
        voter(node).wipe();
    }

    /// Who leads, for reports and for faults that aim at it.
    public OptionalInt leaderId() {
        Voter now = leader;
        return now == null || now.life == null ? OptionalInt.empty() : OptionalInt.of(now.node);
    }

    /// Whether nobody who may vote misses anything that is committed.
    public boolean areAllVotersWhole() {
        return voters.values().stream().noneMatch(voter -> voter.isLearner || voter.durable() < committed.size());
    }

    SortedSet<Integer> nodes() {
        return Collections.unmodifiableSortedSet(voters.navigableKeySet());
    }

    /// For a report.
    @Override
    public String toString() {
        return "quorum: leader %s, epoch %d, %d committed, %s"
                .formatted(leaderId(), epoch, committed.size(), voters.values());
    }

    int epoch() {
        return epoch;
    }

    int committed() {
        return committed.size();
    }

    Optional<Batch> snapshot() {
        return Optional.ofNullable(snapshot);
    }

    void keepSnapshot(Batch newer) {
        if (snapshot == null || snapshot.last().offset() < newer.last().offset()) {
            snapshot = newer;
        }
    }

    private Voter voter(int node) {
        Voter voter = voters.get(node);
        if (voter == null) {
            throw new InvariantViolation("node " + node + " is not of this quorum");
        }
        return voter;
    }

    private void tick() {
        world.after(TICK_NS, this::tick);
        Voter now = leader;
        for (Voter voter : voters.values()) {
            if (isUp(voter) && hasMajority(voter)) {
                voter.lastMajorityNs = world.nowNs();
            }
        }
        if (now == null || world.nowNs() - now.lastMajorityNs > LEADER_SILENCE_NS || now.life == null) {
            electPerhaps();
        }
        voters.values().forEach(this::resignPerhaps);
        voters.values().forEach(this::exchange);
    }

    private static boolean isUp(Voter voter) {
        return voter.life != null && voter.life.isTurning();
    }

    private boolean isOpen(Voter one, Voter other) {
        return network.isOpen(one.node, other.node) && network.isOpen(other.node, one.node);
    }

    private List<Voter> reachable(Voter from) {
        return voters.values().stream()
                .filter(other -> isUp(other) && !other.isLearner && isOpen(from, other))
                .toList();
    }

    private boolean hasMajority(Voter voter) {
        return reachable(voter).size() > voters.size() / 2;
    }

    /// Elections fail now and then, and take their time.
    private void electPerhaps() {
        if (!chance.onceIn(4)) {
            return;
        }
        List<Voter> able = new ArrayList<>();
        for (Voter voter : voters.values()) {
            if (isUp(voter) && !voter.isLearner && hasMajority(voter) && isMostComplete(voter)) {
                able.add(voter);
            }
        }
        if (!able.isEmpty()) {
            elect(chance.pick(able));
        }
    }

    private boolean isMostComplete(Voter voter) {
        List<Voter> electors = reachable(voter);
        Comparator<Voter> completeness =
                Comparator.comparingInt(Voter::lastEpoch).thenComparingInt(Voter::size);
        long convinced = electors.stream()
                .filter(elector -> completeness.compare(voter, elector) >= 0)
                .count();
        return convinced > voters.size() / 2;
    }

    private void elect(Voter elected) {
        if (!elected.hasAll(committed)) {
            throw new InvariantViolation("the simulated quorum elected a node without a committed batch");
        }
        epoch++;
        leader = elected;
        elected.lastMajorityNs = world.nowNs();
        elected.epochSeen = epoch;
        world.note("quorum: node %d leads epoch %d", elected.node, epoch);
        SimMetadataLog life = elected.life;
        if (life != null) {
            life.elected(epoch);
        }
        appended(elected);
    }

    /// A leader that heard from no majority for a while gives up, even when nobody told it of another.
    private void resignPerhaps(Voter voter) {
        SimMetadataLog life = voter.life;
        if (life != null && world.nowNs() - voter.lastMajorityNs > RESIGN_NS) {
            life.heardNothing();
            if (voter == leader) {
                leader = null; // who gave up must be elected again
            }
        }
    }

    /// The leader's log grew: it syncs, and everybody fetches.
    void appended(Voter leading) {
        int size = leading.size();
        world.after(diskNs(), () -> synced(leading, size));
        for (Voter voter : voters.values()) {
            if (voter != leading) {
                world.after(network.delayNs(leading.node, voter.node), () -> exchange(voter));
            }
        }
    }

    private long diskNs() {
        return chance.nextInt(DISK_US_MAX) * 1_000L;
    }

    private void synced(Voter voter, int size) {
        if (voter.life != null) {
            voter.sync(size);
            voter.isLearner &= voter.durable() < committed.size() || voter.epochSeen != epoch;
            commit();
            exchange(voter);
        }
    }

    /// A node asks the leader for what is new and says what it has.
    private void exchange(Voter voter) {
        Voter from = leader;
        SimMetadataLog life = voter.life;
        if (from == null || life == null || !isUp(voter) || !isUp(from) || !isOpen(voter, from)) {
            return;
        }
        voter.epochSeen = Math.max(voter.epochSeen, epoch);
        if (voter != from && (voter.size() < from.size() || voter.lastEpoch() != from.lastEpoch())) {
            voter.follow(from);
            int size = voter.size();
            world.after(diskNs() + network.delayNs(voter.node, from.node), () -> synced(voter, size));
        } else if (voter != from && voter.size() > from.size()) {
            voter.follow(from);
        } else if (voter.durable() < voter.size()) {
            int size = voter.size();
            world.after(diskNs(), () -> synced(voter, size)); // it ended before it had synced
        }
        life.exchanged(from.node, epoch);
    }

    private void commit() {
        Voter now = leader;
        if (now == null) {
            return;
        }
        List<Integer> durable = new ArrayList<>();
        for (Voter voter : voters.values()) {
            boolean agrees = voter == now || voter.epochSeen == epoch && isPrefixOf(voter, now);
            durable.add(agrees && !voter.isLearner ? Math.min(voter.durable(), now.size()) : 0);
        }
        durable.sort(Comparator.reverseOrder());
        int majority = durable.get(voters.size() / 2);
        // A leader counts only batches of its own epoch, as Raft demands.
        if (majority > committed.size() && now.get(majority - 1).last().epoch() == epoch) {
            for (int index = committed.size(); index < majority; index++) {
                committed.add(now.get(index));
                onCommitted.accept(now.get(index).records());
            }
        }
    }

    private static boolean isPrefixOf(Voter voter, Voter leader) {
        int size = voter.durable();
        return size == 0 || size <= leader.size() && voter.get(size - 1) == leader.get(size - 1);
    }
}
