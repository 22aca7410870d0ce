package io.millrace.cluster;

import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.bulletin.Bulletin;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.config.NodeSettings;
import io.millrace.cluster.controller.BalanceLeaders;
import io.millrace.cluster.controller.CommandQueue;
import io.millrace.cluster.controller.DeclareDefaults;
import io.millrace.cluster.controller.FenceNode;
import io.millrace.cluster.controller.FinaliseFeatures;
import io.millrace.cluster.controller.GrowQueues;
import io.millrace.cluster.controller.Heartbeat;
import io.millrace.cluster.controller.HeartbeatReply;
import io.millrace.cluster.controller.LeaveNode;
import io.millrace.cluster.controller.NodeEpochs;
import io.millrace.cluster.controller.NodeSessions;
import io.millrace.cluster.controller.RegisterNode;
import io.millrace.cluster.controller.SettlePartitions;
import io.millrace.cluster.controller.UnfenceNode;
import io.millrace.cluster.controller.VoterContact;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// This node as the controller, while it leads the metadata log: answers calls, hears heartbeats, fences who is silent.
/// Does nothing, and has no timer, while another node leads or when there is no other node.
///
/// Owned by: the metadata loop.
final class LocalController {
    private static final long RETRY_MS = 500;
    private static final long NEVER = Long.MAX_VALUE;
    /// A node that came has its replicas back in sync first, and those that only restart are there again.
    private static final long GROW_AFTER_MS = 5_000;

    private static final long GROW_ON_MS = 2_000;
    private static final Outcome TAKEN = Outcome.refused(
            ErrorKind.DUPLICATE_NODE_REGISTRATION, "Another process is registered as this node, and alive.");

    private final int nodeId;
    private final ClusterSettings settings;
    private final MetadataLog log;
    private final Loop loop;
    private final Clock clock;
    private final AppliedMetadata applied;
    private final Predicate<Bulletin> bulletins;
    private final CommandQueue commands;
    private final NodeSessions sessions;
    private final VoterContact contact = new VoterContact();
    private final Map<Integer, Gone> gone = new HashMap<>();
    private final Map<Integer, Long> mustKnow = new HashMap<>();
    private final Set<Integer> unfencing = new HashSet<>();
    private Loop.@Nullable Timer ticking;
    private Loop.@Nullable Timer settling;
    private long balanceDueMs;
    private long growDueMs = NEVER;

    /// A life of a node whose process is gone.
    private record Gone(long nodeEpoch, long sinceMs) {}

    /// @param bulletins hears other nodes
    LocalController(
            NodeIdentity identity,
            ClusterSettings settings,
            ClusterPorts ports,
            AppliedMetadata applied,
            Predicate<Bulletin> bulletins) {
        this.nodeId = identity.nodeId();
        this.settings = settings;
        this.log = ports.log();
        this.loop = ports.loop();
        this.clock = ports.clock();
        this.applied = applied;
        this.bulletins = bulletins;
        this.commands = new CommandQueue(loop, log, ports.randomness(), this::settleLater);
        this.sessions = new NodeSessions(settings.sessionTimeoutMs());
    }

    boolean isLeading() {
        return commands.isLeading();
    }

    void onLeading(int epoch) {
        MetadataImage image = applied.image();
        commands.onLeading(epoch, image);
        mustKnow.clear();
        unfencing.clear();
        for (NodeView node : image.nodes()) {
            mustKnow.put(node.id(), applied.offset());
        }
        contact.restart();
        sessions.restart(
                image.nodes().stream()
                        .filter(node -> !node.fenced() && node.id() != nodeId)
                        .map(NodeView::id)
                        .toList(),
                clock.monotonicMs());
        commands.submit(new FinaliseFeatures(settings.newestFeatures()), outcome -> {}, () -> {});
        commands.submit(new DeclareDefaults(), outcome -> {}, () -> {});
        if (image.nodes().size() > 1) {
            settleAll();
            fenceWhoRefused();
            balanceDueMs = clock.monotonicMs() + balanceIntervalMs();
            growDueMs = clock.monotonicMs() + GROW_AFTER_MS;
        }
        tickWhenNeeded();
    }

    /// Another controller may have left its work half done, or the disk may have refused half of ours: who asks again
    /// finds the first half done, and thinks that nothing is left.
    private void settleAll() {
        settling = null;
        if (isLeading()) {
            commands.submit(
                    SettlePartitions.of(new SettlePartitions.Scope.All()),
                    outcome -> {
                        if (!outcome.isOk()) {
                            settleLater();
                        }
                    },
                    () -> {});
        }
    }

    private void settleLater() {
        if (settling == null) {
            settling = loop.after(RETRY_MS, this::settleAll);
        }
    }

    /// The controller before this one: its process was gone a moment ago, which is why this node leads now.
    private void fenceWhoRefused() {
        long now = clock.monotonicMs();
        Map<Integer, Gone> recent = Map.copyOf(gone);
        gone.clear();
        recent.forEach((node, life) -> {
            if (now - life.sinceMs() < settings.sessionTimeoutMs() * 2) {
                fence(node, life.nodeEpoch());
            }
        });
    }

    void onFollowing() {
        commands.onFollowing();
        Loop.Timer timer = ticking;
        if (timer != null) {
            timer.cancel();
            ticking = null;
        }
        Loop.Timer due = settling;
        if (due != null) {
            due.cancel();
            settling = null;
        }
    }

    /// Nobody listened where `node` did: the life of it that is known here is over. A later one is not meant.
    void onRefused(int node) {
        applied.image()
                .registration(node)
                .ifPresent(known -> gone.put(node, new Gone(known.epoch(), clock.monotonicMs())));
    }

    /// As [CommandQueue#foreseen].
    Optional<CommandQueue.Foreseen> foreseen(MetadataLog.Position last, int records) {
        return commands.foreseen(last, records, applied.image());
    }

    /// Everything up to `last` is applied.
    void onCommitted(MetadataLog.Position last, MetadataImage before) {
        MetadataImage after = applied.image();
        if (isLeading() && before.nodes() != after.nodes()) {
            onNodesChanged(before, after, last.offset());
        }
        if (isLeading() && before.level() != after.level()) {
            commands.submit(new DeclareDefaults(), outcome -> {}, () -> {});
        }
        commands.onCommitted(last, after);
    }

    private void onNodesChanged(MetadataImage before, MetadataImage after, long offset) {
        for (NodeView node : after.nodes()) {
            boolean wasFenced = before.registration(node.id())
                    .filter(known -> known.fenced() && known.epoch() == node.epoch())
                    .isPresent();
            if (node.fenced() && !wasFenced) {
                mustKnow.put(node.id(), offset);
            }
        }
        for (NodeView node : before.nodes()) {
            if (after.registration(node.id()).isEmpty()) {
                sessions.forget(node.id());
                mustKnow.remove(node.id());
            }
        }
        growDueMs = clock.monotonicMs() + GROW_AFTER_MS;
        tickWhenNeeded();
    }

    /// As [#answer], for another node. Whoever registers under the number of a node that was heard of a moment ago is
    /// another process, started with a number that is taken: it waits until that node falls silent.
    <R> void answerOther(Call<R> call, Consumer<R> reply, Runnable notLeading) {
        if (isLeading() && call instanceof Call.Decide<R>(RegisterNode register) && isTaken(register)) {
            reply.accept(call.refused(TAKEN));
        } else {
            answer(call, reply, notLeading);
        }
    }

    private boolean isTaken(RegisterNode register) {
        int node = register.nodeId();
        boolean isAnotherLife = applied.image()
                .registration(node)
                .filter(known -> known.standing() == Standing.ACTIVE)
                .filter(known -> !known.incarnation().equals(register.incarnation()))
                .isPresent();
        OptionalLong heardMs = sessions.heardMs(node);
        boolean wasHeard =
                heardMs.isPresent() && clock.monotonicMs() - heardMs.getAsLong() < settings.sessionTimeoutMs();
        return node == nodeId || isAnotherLife && wasHeard;
    }

    /// Answers a call, if it is for any node or this one is the controller.
    ///
    /// @param notLeading called instead of `reply` when it is not
    @SuppressWarnings("unchecked")
    <R> void answer(Call<R> call, Consumer<R> reply, Runnable notLeading) {
        switch (call) {
            case Call.AwaitApplied(long offset) ->
                applied.when(offset, AppliedElsewhere.LIMIT_MS, () -> reply.accept((R) Outcome.OK));
            case Call.Hear(Bulletin bulletin) -> reply.accept((R) (Boolean) bulletins.test(bulletin));
            case Call<R> _ when !isLeading() -> notLeading.run();
            case Call.Decide<R>(var command) -> commands.submit(command, reply, notLeading);
            case Call.Beat(Heartbeat heartbeat) -> reply.accept((R) onHeartbeat(heartbeat));
            case Call.DescribeQuorum() -> log.quorum(quorum -> reply.accept((R) new QuorumReply(Outcome.OK, quorum)));
            case Call.AddVoter(var voter) -> log.addVoter(voter, outcome -> reply.accept((R) outcome));
            case Call.RemoveVoter(int node, var directory) ->
                log.removeVoter(node, directory, outcome -> reply.accept((R) outcome));
        }
    }

    private HeartbeatReply onHeartbeat(Heartbeat heartbeat) {
        MetadataImage image = applied.image();
        Optional<Outcome> refusal = NodeEpochs.refuse(heartbeat.nodeId(), heartbeat.nodeEpoch(), image);
        if (refusal.isPresent()) {
            return HeartbeatReply.refused(refusal.get());
        }
        long now = clock.monotonicMs();
        if (heartbeat.nodeId() != nodeId) {
            sessions.onHeard(heartbeat.nodeId(), now);
            contact.onHeard(heartbeat.nodeId(), heartbeat.answeredMs(), now);
        }
        Standing standing = image.registration(heartbeat.nodeId()).orElseThrow().standing();
        if (heartbeat.wantsToLeave()) {
            leave(heartbeat, standing);
        } else if (heartbeat.wantsToServe() && standing == Standing.FENCED) {
            unfence(heartbeat);
        }
        boolean mayStop = heartbeat.wantsToLeave() && LeaveNode.mayStop(heartbeat.nodeId(), image);
        OptionalLong followedMs = contact.majorityMs(log.voters(), nodeId, now);
        long followedMsAgo = followedMs.isPresent() ? now - followedMs.getAsLong() : HeartbeatReply.UNKNOWN;
        return new HeartbeatReply(Outcome.OK, standing, mayStop, now, followedMsAgo);
    }

    private void leave(Heartbeat heartbeat, Standing standing) {
        if (standing == Standing.ACTIVE) {
            LeaveNode leave = new LeaveNode(heartbeat.nodeId(), heartbeat.nodeEpoch());
            commands.submit(leave, outcome -> {}, () -> {});
        }
    }

    /// A node that does not know yet that it was fenced, or what became of its partitions, is not ready to lead.
    private void unfence(Heartbeat heartbeat) {
        int node = heartbeat.nodeId();
        if (heartbeat.appliedOffset() >= mustKnow.getOrDefault(node, 0L) && unfencing.add(node)) {
            commands.submit(
                    new UnfenceNode(node, heartbeat.nodeEpoch()),
                    outcome -> unfencing.remove(node),
                    () -> unfencing.remove(node));
        }
    }

    /// The process of a node is gone.
    void suspect(int node) {
        if (isLeading() && node != nodeId) {
            applied.image().registration(node).map(NodeRegistered::epoch).ifPresent(epoch -> fence(node, epoch));
        }
    }

    private void fence(int node, long nodeEpoch) {
        sessions.forget(node);
        commands.submit(
                new FenceNode(node, nodeEpoch),
                outcome -> {
                    if (outcome.error() == ErrorKind.STORAGE_ERROR || outcome.error() == ErrorKind.THROTTLED) {
                        loop.after(RETRY_MS, () -> fenceAgain(node, nodeEpoch));
                    }
                },
                () -> {});
    }

    private void fenceAgain(int node, long nodeEpoch) {
        if (isLeading()) {
            fence(node, nodeEpoch);
        }
    }

    private void tickWhenNeeded() {
        if (ticking == null && isLeading() && applied.image().nodes().size() > 1) {
            ticking = loop.after(settings.heartbeatMs(), this::tick);
        }
    }

    private void tick() {
        ticking = null;
        if (!isLeading()) {
            return;
        }
        long now = clock.monotonicMs();
        for (int node : sessions.expired(now)) {
            suspect(node);
        }
        if (now >= balanceDueMs) {
            balanceDueMs = now + balanceIntervalMs();
            balance();
        }
        if (now >= growDueMs) {
            growDueMs = NEVER;
            commands.submit(GrowQueues.all(), this::grown, () -> {});
        }
        tickWhenNeeded();
    }

    /// Copies take their time, and others follow.
    private void grown(boolean isMoreToDo) {
        if (isMoreToDo) {
            growDueMs = Math.min(growDueMs, clock.monotonicMs() + GROW_ON_MS);
        }
    }

    private void balance() {
        if (new NodeSettings(applied.image().nodeConfigs()).bool("auto.leader.rebalance.enable")) {
            commands.submit(BalanceLeaders.all(), outcome -> {}, () -> {});
        }
    }

    private long balanceIntervalMs() {
        return new NodeSettings(applied.image().nodeConfigs()).longValue("leader.imbalance.check.interval.seconds")
                * 1_000;
    }
}
