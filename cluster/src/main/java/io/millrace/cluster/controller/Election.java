package io.millrace.cluster.controller;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.cluster.metadata.PartitionState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What becomes of one partition when nodes, replicas or the in-sync set change: who is in sync, who leads, who could
/// lead without loss (KIP-966), and whether a reassignment is done (KIP-455). Every change of a partition goes through
/// here.
///
/// Owned by: the decision that made it, for one partition. Invariants: the leader is in sync and alive; only replicas
/// in sync or eligible are elected unless loss was allowed; the leader epoch rises with every change of the leader; the
/// in-sync set becomes empty only when its last disk was wiped.
final class Election {
    private final PartitionView before;
    private final NodeStandings nodes;
    private List<Integer> replicas;
    private List<Integer> adding;
    private List<Integer> removing;
    private List<Integer> isr;
    private List<Integer> eligible;
    private List<Integer> lastKnown;
    private int leader;
    private Set<Integer> emptied = Set.of();
    private Set<Integer> unsure = Set.of();
    private Set<Integer> barred = Set.of();
    private int minInSync;
    private boolean wantsPreferred;
    private boolean allowsLoss;

    Election(PartitionView before, NodeStandings nodes, TopicSettings settings) {
        this.before = before;
        this.nodes = nodes;
        this.replicas = before.replicas();
        this.adding = before.addingReplicas();
        this.removing = before.removingReplicas();
        this.isr = before.isr();
        this.eligible = before.eligibleLeaderReplicas();
        this.lastKnown = before.lastKnownEligibleLeaderReplicas();
        this.leader = before.leader();
        this.minInSync = settings.minInSyncReplicas();
        this.allowsLoss = settings.uncleanLeaderElection();
    }

    /// `min.insync.replicas` is about to become lower: who is eligible only because it is not lower yet is no more.
    Election withMinimum(int minimum) {
        minInSync = minimum;
        return this;
    }

    /// The leader saw these in sync.
    Election inSync(List<Integer> members) {
        isr = members;
        return this;
    }

    /// The replicas are to become others.
    Election reassign(ReplicaMove move) {
        replicas = move.replicas();
        adding = move.adding();
        removing = move.removing();
        return this;
    }

    /// The disk of `node` came back without what it had.
    Election emptied(int node) {
        emptied = Set.of(node);
        return this;
    }

    /// `node` may have lost what it had not flushed: it can not be eligible, but stays when it is the last in sync.
    Election unsure(int node) {
        unsure = Set.of(node);
        return this;
    }

    /// `node` cannot serve the partition, alive as it is: it leaves the in-sync set unless it is the last there, and
    /// leads on when nobody else can. Its disk may get room again; a partition without leader would wait for somebody
    /// to decide.
    Election gaveUp(int node) {
        List<Integer> others = without(isr, List.of(node));
        isr = others.stream().anyMatch(nodes::isAlive) ? others : isr;
        barred = Set.of(node);
        return unsure(node);
    }

    /// Leadership goes to the first replica when it is in sync.
    Election preferred() {
        wantsPreferred = true;
        return this;
    }

    /// Any live replica may lead when none that is in sync or eligible lives.
    Election allowingLoss() {
        allowsLoss = true;
        return this;
    }

    /// The partition afterwards; empty when nothing changes.
    Optional<PartitionState> decide() {
        dropStaleEligible();
        dropDeadMembers();
        finishReassignment();
        boolean lossy = elect();
        chooseEligible(lossy);
        return changed();
    }

    /// With as many in sync as writes need, the leader acknowledges without those that were eligible. A decision that
    /// comes to see a lower minimum than the last one must not elect them.
    private void dropStaleEligible() {
        if (before.isr().size() >= minInSync(before.replicas())) {
            eligible = List.of();
            lastKnown = List.of();
        }
    }

    /// While somebody in sync lives, who does not live is out. When nobody does, all stay: each of them has everything
    /// that was acknowledged, and whoever returns first may lead.
    private void dropDeadMembers() {
        List<Integer> members = isr.stream()
                .filter(node -> replicas.contains(node) && !emptied.contains(node))
                .toList();
        List<Integer> active = members.stream().filter(nodes::isActive).toList();
        List<Integer> alive = members.stream().filter(nodes::isAlive).toList();
        isr = !active.isEmpty() ? active : !alive.isEmpty() ? alive : members;
    }

    /// Done when all that were added are in sync, and enough stay in sync without those that go.
    private void finishReassignment() {
        if (adding.isEmpty() && removing.isEmpty() || !isr.containsAll(adding)) {
            return;
        }
        List<Integer> target = without(replicas, removing);
        List<Integer> targetIsr = without(isr, removing);
        if (!targetIsr.isEmpty() && targetIsr.size() >= minInSync(target)) {
            replicas = target;
            isr = targetIsr;
            adding = List.of();
            removing = List.of();
        }
    }

    private int minInSync(List<Integer> hosts) {
        return Math.min(minInSync, hosts.size());
    }

    /// Answers whether what only others had is lost.
    private boolean elect() {
        Optional<Integer> inSync = inSyncLeader();
        if (inSync.isPresent()) {
            leader = inSync.get();
            return false;
        }
        Optional<Integer> safe = first(
                node -> eligible.contains(node) && canLead(node) && !emptied.contains(node) && !unsure.contains(node));
        Optional<Integer> elected = safe.or(() -> allowsLoss ? anyLive() : Optional.empty());
        elected.ifPresent(node -> isr = List.of(node));
        leader = elected.orElseGet(this::lastResort);
        return safe.isEmpty() && elected.isPresent();
    }

    private int lastResort() {
        boolean isThere = barred.contains(leader) && isr.contains(leader) && nodes.isAlive(leader);
        return isThere ? leader : PartitionView.NO_LEADER;
    }

    private Optional<Integer> inSyncLeader() {
        Predicate<Integer> fit = node -> isr.contains(node) && canLead(node);
        if (wantsPreferred && fit.test(replicas.getFirst())) {
            return Optional.of(replicas.getFirst());
        }
        if (fit.test(leader)) {
            return Optional.of(leader);
        }
        // Who is about to stop leads on when there is nobody else: better for a moment than nobody.
        Predicate<Integer> lasting = node -> isr.contains(node) && nodes.isAlive(node) && !barred.contains(node);
        return first(fit).or(() -> lasting.test(leader) ? Optional.of(leader) : first(lasting));
    }

    private boolean canLead(int node) {
        return nodes.isActive(node) && !barred.contains(node);
    }

    /// Those whose disk was wiped come last: the others have at least something.
    private Optional<Integer> anyLive() {
        return first(node -> canLead(node) && !(isr.isEmpty() && lastKnown.contains(node)))
                .or(() -> first(this::canLead));
    }

    private Optional<Integer> first(Predicate<Integer> wanted) {
        return replicas.stream().filter(wanted).findFirst();
    }

    /// Below `min.insync.replicas` the high watermark stands still, so who drops out then has all that was
    /// acknowledged for as long as it stays so (KIP-966).
    private void chooseEligible(boolean lossy) {
        if (lossy || isr.size() >= minInSync(replicas)) {
            eligible = List.of();
            lastKnown = List.of();
            return;
        }
        Set<Integer> had = new LinkedHashSet<>(eligible);
        had.addAll(before.isr());
        List<Integer> next = inReplicas(had).stream()
                .filter(node -> !isr.contains(node) && !emptied.contains(node) && !unsure.contains(node))
                .toList();
        had.addAll(lastKnown);
        lastKnown = inReplicas(had).stream()
                .filter(node -> !isr.contains(node) && !next.contains(node))
                .toList();
        eligible = next;
    }

    private List<Integer> inReplicas(Set<Integer> chosen) {
        return replicas.stream().filter(chosen::contains).toList();
    }

    private Optional<PartitionState> changed() {
        PartitionState after = new PartitionState(
                leader,
                leadsOn() ? before.leaderEpoch() : before.leaderEpoch() + 1,
                before.partitionEpoch(),
                replicas,
                isr,
                eligible,
                lastKnown,
                adding,
                removing);
        return after.equals(PartitionState.of(before)) ? Optional.empty() : Optional.of(after.changedOnce());
    }

    /// A leader that gave the partition up and leads all the same, for want of others, does so in another epoch: its
    /// log may lack what it had in this one.
    private boolean leadsOn() {
        return leader == before.leader() && !barred.contains(leader);
    }

    private static List<Integer> without(List<Integer> nodes, List<Integer> gone) {
        List<Integer> left = new ArrayList<>(nodes);
        left.removeAll(gone);
        return left;
    }
}
