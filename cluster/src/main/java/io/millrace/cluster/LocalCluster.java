package io.millrace.cluster;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologySource;
import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.bulletin.BulletinListener;
import io.millrace.cluster.bulletin.Seat;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.call.CallCodec;
import io.millrace.cluster.config.NodeSettings;
import io.millrace.cluster.controller.AllocateProducerIds;
import io.millrace.cluster.controller.AlterConfigs;
import io.millrace.cluster.controller.ChangeInSync;
import io.millrace.cluster.controller.ChangeTopology;
import io.millrace.cluster.controller.Command;
import io.millrace.cluster.controller.CreatePartitions;
import io.millrace.cluster.controller.CreateTopics;
import io.millrace.cluster.controller.DeleteTopics;
import io.millrace.cluster.controller.ElectLeaders;
import io.millrace.cluster.controller.GiveUpReplicas;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.RaiseLeaderEpochs;
import io.millrace.cluster.controller.Reassign;
import io.millrace.cluster.controller.UnregisterNode;
import io.millrace.cluster.controller.UpdateFeatures;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One node's share of the cluster: what it knows, what it asks of the controller, and what it decides while it is the
/// controller itself.
///
/// Owned by: the metadata loop, but for the methods of its ports, which any thread may call.
/// Invariant: published, then heard by subscribers, then answered, in this order for every change.
public final class LocalCluster
        implements CatalogSource, CatalogChanges, ClusterChanges, TopologySource, TopologyChanges, AutoCloseable {
    private final NodeIdentity identity;
    private final ClusterSettings settings;
    private final ClusterPorts ports;
    private final Loop loop;
    private final AppliedMetadata applied;
    private final LocalController controller;
    private final CallRouter router;
    private final TopicId incarnation;
    private final QuorumWatch watch;
    private final AppliedElsewhere elsewhere;
    private final Herald herald;
    private @Nullable Membership membership;

    public LocalCluster(NodeIdentity identity, ClusterSettings settings, ClusterPorts ports) {
        this.identity = identity;
        this.settings = settings;
        this.ports = ports;
        this.loop = ports.loop();
        this.applied = new AppliedMetadata(empty(identity, settings), ports, settings.recordsPerSnapshot());
        this.herald = new Herald(identity, settings, ports, applied, this::epoch);
        this.controller = new LocalController(identity, settings, ports, applied, herald::hear);
        this.router = new CallRouter(ports, applied, controller);
        this.incarnation = TopicId.random(ports.randomness());
        this.watch = new QuorumWatch(identity, settings, ports);
        this.elsewhere = new AppliedElsewhere(identity.nodeId(), ports, applied);
    }

    /// What a node sees before its log told it anything.
    public static MetadataImage empty(NodeIdentity identity, ClusterSettings settings) {
        return MetadataImage.empty(identity.clusterId(), identity.nodeId(), settings.fixedConfigs());
    }

    /// Drawn at this start: as who the node registers.
    public TopicId incarnation() {
        return incarnation;
    }

    /// The last registration of each node, as far as this one knows. May be called from any thread.
    public List<NodeLife> lives() {
        MetadataImage image = applied.image();
        return image.nodes().stream()
                .flatMap(node -> image.registration(node.id()).stream())
                .map(node -> new NodeLife(node.nodeId(), node.epoch(), node.incarnation()))
                .toList();
    }

    /// Whether this node is the controller, and registered in this life: a majority has heard of it. May be called from
    /// any thread.
    public boolean leads() {
        MetadataImage image = applied.image();
        return image.controllerId() == identity.nodeId()
                && image.registration(identity.nodeId())
                        .filter(node -> node.incarnation().equals(incarnation))
                        .isPresent();
    }

    /// Hears of every change from now on, first of everything there is. May be called from any thread.
    public void subscribe(CatalogListener listener) {
        loop.run(() -> applied.subscribe(listener));
    }

    /// Starts the log. May be called from any thread, once.
    ///
    /// @param onReady called inside the loop when this node is registered and everything committed so far is applied
    /// @param onFailure called inside the loop when the log cannot be used, at the start or later, or when the node is
    ///     not wanted in the cluster
    public void start(Runnable onReady, Consumer<MetadataFailure> onFailure) {
        loop.run(() -> {
            Membership joining = new Membership(
                    identity, incarnation, settings, ports, applied, controller, router, watch, onReady, refusal -> {
                        String why = "this node can not be registered: " + refusal.message();
                        onFailure.accept(new MetadataFailure(why, new IOException(why)));
                    });
            membership = joining;
            ports.log().start(loop, new LogListener(joining, onFailure));
            watch.start();
        });
    }

    /// Of this life of the node; -1 before it is registered.
    private long epoch() {
        Membership joined = membership;
        return joined == null ? -1 : joined.epoch();
    }

    private Membership started() {
        Membership joined = membership;
        if (joined == null) {
            throw new InvariantViolation("the cluster was not started");
        }
        return joined;
    }

    /// The node's logs are open: it may lead and follow from now on. May be called from any thread, once.
    ///
    /// @param barrier tells when the node's partitions know what it knows
    /// @param onServing called inside the loop when the controller has let it
    public void serve(CatalogBarrier barrier, Runnable onServing) {
        loop.run(() -> started().serve(barrier, onServing));
    }

    /// Hands leaderships and in-sync memberships to others before the node stops. May be called from any thread, once.
    ///
    /// @param mayStop called inside the loop when nothing is left to hand over, or after `timeoutMs`
    public void leave(long timeoutMs, Runnable mayStop) {
        loop.run(() -> started().leave(timeoutMs, mayStop));
    }

    /// Whether this node may act as a leader at all.
    public LeaderStanding standing() {
        LeaseCell lease = ports.lease();
        return nowMs -> nowMs < lease.untilMs();
    }

    /// What this node sees of the quorum. May be called from any thread.
    public QuorumSight quorumSight() {
        return ports.lease().quorum();
    }

    /// Whether a controller that a majority of voters follows was heard of lately. May be called from any thread.
    public boolean hasMajority() {
        return quorumSight().hasMajority(ports.clock().monotonicMs());
    }

    /// Hears from now on what other nodes tell of themselves, and tells them of this one. May be called from any
    /// thread, once.
    public void listen(BulletinListener listener) {
        loop.run(() -> herald.begin(listener));
    }

    /// Tells the others what is new of this node. May be called from any thread.
    ///
    /// @param taken by how many clients seats are taken now that were taken by more or fewer
    public void tell(Alarms alarms, Map<Seat, Long> taken) {
        loop.run(() -> herald.change(alarms, taken));
    }

    /// The process of another node is gone: nobody listens where it did. Of use to the controller only. May be called
    /// from any thread.
    public void suspect(int nodeId) {
        loop.run(() -> controller.suspect(nodeId));
    }

    /// What another node asks this one as the controller. May be called from any thread.
    ///
    /// @param reply takes the answer inside the loop, exactly once
    public void onCall(ByteBuffer call, Consumer<ByteBuffer> reply) {
        loop.run(() -> {
            switch (CallCodec.decode(call, settings.known())) {
                case CallCodec.Decoded.Complete(Call<?> asked) -> answer(asked, reply);
                case CallCodec.Decoded.Malformed(String why) -> reply.accept(CallCodec.notUnderstood(why));
            }
        });
    }

    private <R> void answer(Call<R> call, Consumer<ByteBuffer> reply) {
        controller.answerOther(
                call,
                answer -> reply.accept(CallCodec.encodeReply(call, answer, applied.offset())),
                () -> reply.accept(CallCodec.notController()));
    }

    @Override
    public Catalog current() {
        return applied.image();
    }

    @Override
    public Topology topology() {
        return applied.image().topology();
    }

    /// Answered when every node knows the change: whoever is told of a queue may use it anywhere.
    @Override
    public void submit(TopologyChange change, Consumer<TopologyReply> reply) {
        ask(() -> new Call.Decide<>(new ChangeTopology(change)), elsewhere::whenKnown, reply);
    }

    @Override
    public void whenKnown(Runnable turn) {
        if (elsewhere.isKnown()) {
            turn.run();
        } else {
            Loop caller = ports.callerLoop().get();
            loop.run(() -> elsewhere.whenKnown(() -> caller.post(turn)));
        }
    }

    /// This node's settings as they are in force. May be called from any thread.
    public NodeSettings settings() {
        return new NodeSettings(applied.image().nodeConfigs());
    }

    @Override
    public void createTopics(List<NewTopic> topics, boolean validateOnly, Consumer<List<NewTopicReply>> reply) {
        submit(new CreateTopics(List.copyOf(topics), validateOnly), reply);
    }

    @Override
    public void deleteTopics(List<TopicRef> topics, Consumer<List<DeletedTopicReply>> reply) {
        submit(new DeleteTopics(List.copyOf(topics)), reply);
    }

    @Override
    public void createPartitions(List<MorePartitions> topics, boolean validateOnly, Consumer<List<Outcome>> reply) {
        submit(new CreatePartitions(List.copyOf(topics), validateOnly), reply);
    }

    @Override
    public void alterConfigs(List<ConfigChanges> changes, boolean validateOnly, Consumer<List<Outcome>> reply) {
        OwnFolders.alter(
                changes,
                identity.nodeId(),
                settings().text("log.dirs").orElse(""),
                (rest, outcomes) -> submit(new AlterConfigs(rest, validateOnly), outcomes),
                reply);
    }

    @Override
    public void allocateProducerIds(Consumer<ProducerIdBlock> reply) {
        submit(new AllocateProducerIds(identity.nodeId()), reply);
    }

    /// Partitions on this node whose logs hold later epochs than the metadata; see [RaiseLeaderEpochs].
    public void raiseLeaderEpochs(List<RaiseLeaderEpochs.Behind> partitions, Consumer<Outcome> reply) {
        submit(new RaiseLeaderEpochs(partitions), reply);
    }

    /// What leaders here want the in-sync sets of their partitions to be; answered when decided and applied here.
    public void changeInSync(List<InSyncChange> changes, Consumer<List<Outcome>> reply) {
        ask(
                () -> new Call.Decide<>(
                        new ChangeInSync(identity.nodeId(), started().epoch(), changes)),
                reply);
    }

    /// This node can not serve these any more: their disk failed.
    public void giveUpReplicas(List<TopicIdPartition> partitions, Consumer<Outcome> reply) {
        ask(
                () -> new Call.Decide<>(
                        new GiveUpReplicas(identity.nodeId(), started().epoch(), partitions)),
                reply);
    }

    /// What was asked under `leaderEpoch` is to count no more: the leader leads on in a later one.
    public void leaveEpoch(TopicIdPartition partition, int leaderEpoch, Consumer<Outcome> reply) {
        var behind = new RaiseLeaderEpochs.Behind(partition.topicId(), partition.partition(), leaderEpoch + 1);
        raiseLeaderEpochs(List.of(behind), reply);
    }

    @Override
    public void electLeaders(Election election, List<PartitionRef> partitions, Consumer<List<Outcome>> reply) {
        submit(new ElectLeaders(election, partitions), reply);
    }

    @Override
    public void reassign(List<Reassignment> partitions, boolean changeFactor, Consumer<List<Outcome>> reply) {
        submit(new Reassign(partitions, changeFactor), reply);
    }

    @Override
    public void unregisterNode(int nodeId, Consumer<Outcome> reply) {
        submit(new UnregisterNode(nodeId), reply);
    }

    @Override
    public void updateFeatures(List<FeatureChange> changes, boolean validateOnly, Consumer<Outcome> reply) {
        submit(new UpdateFeatures(changes, validateOnly), reply);
    }

    @Override
    public void quorum(Consumer<QuorumReply> reply) {
        if (hasMajority()) {
            ask(Call.DescribeQuorum::new, reply);
        } else {
            Outcome why = Outcome.refused(
                    ErrorKind.NO_MAJORITY,
                    "Node " + identity.nodeId() + " answers, but "
                            + quorumSight().words());
            ports.callerLoop().get().post(() -> reply.accept(new Call.DescribeQuorum().refused(why)));
        }
    }

    @Override
    public void addVoter(Voter voter, Consumer<Outcome> reply) {
        ask(() -> new Call.AddVoter(voter), reply);
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        ask(() -> new Call.RemoveVoter(nodeId, directoryId), reply);
    }

    private <R> void submit(Command<R> command, Consumer<R> reply) {
        ask(() -> new Call.Decide<>(command), reply);
    }

    /// @param call made inside the loop
    private <R> void ask(Supplier<? extends Call<R>> call, Consumer<R> reply) {
        ask(call, Runnable::run, reply);
    }

    /// @param when runs what it is given once the answer may be handed out; inside the loop, as `call`
    private <R> void ask(Supplier<? extends Call<R>> call, Consumer<Runnable> when, Consumer<R> reply) {
        Loop caller = ports.callerLoop().get();
        loop.run(() -> router.<R>ask(call.get(), answer -> when.accept(() -> caller.post(() -> reply.accept(answer)))));
    }

    @Override
    public Optional<List<ConfigEntry>> describeConfigs(ConfigResource resource, @Nullable List<String> names) {
        return DescribedConfigs.of(resource, names, applied.image());
    }

    @Override
    public List<ConfigResource> configResources(ConfigResource.Kind kind) {
        return DescribedConfigs.resources(kind, applied.image());
    }

    /// Stops the log; the loop stays whoever's it is.
    @Override
    public void close() {
        ports.log().close();
        loop.run(() -> {
            Membership joined = membership;
            if (joined != null) {
                joined.close();
            }
            watch.close();
            herald.close();
            controller.onFollowing();
        });
    }

    /// What the log says, inside the metadata loop.
    private final class LogListener implements MetadataLog.Listener {
        private final Membership member;
        private final Consumer<MetadataFailure> onFailure;

        LogListener(Membership member, Consumer<MetadataFailure> onFailure) {
            this.member = member;
            this.onFailure = onFailure;
        }

        @Override
        public void onSnapshot(Position last, List<MetadataRecord> records) {
            applied.onSnapshot(last, records);
            member.onApplied();
        }

        @Override
        public void onCommitted(Position last, List<MetadataRecord> records) {
            MetadataImage before = applied.image();
            applied.onCommitted(last, records, controller.foreseen(last, records.size()));
            controller.onCommitted(last, before);
            if (before.nodes() != applied.image().nodes()) {
                member.onApplied();
            }
            applied.writeSnapshotWhenDue(last);
        }

        @Override
        public void onLeader(OptionalInt leaderId, int epoch) {
            applied.onController(leaderId.orElse(MetadataImage.NO_CONTROLLER));
            if (leaderId.isPresent() && leaderId.getAsInt() == identity.nodeId()) {
                controller.onLeading(epoch);
            } else {
                controller.onFollowing();
            }
            router.onLeader(leaderId);
            member.onLeader();
        }

        @Override
        public void onFailure(String why, Throwable cause) {
            controller.onFollowing();
            onFailure.accept(new MetadataFailure(why, cause));
        }
    }
}
