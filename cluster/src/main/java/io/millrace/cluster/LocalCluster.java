package io.millrace.cluster;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.ConfigDescription;
import io.millrace.cluster.config.NodeConfigs;
import io.millrace.cluster.controller.AllocateProducerIds;
import io.millrace.cluster.controller.AlterConfigs;
import io.millrace.cluster.controller.Command;
import io.millrace.cluster.controller.CommandQueue;
import io.millrace.cluster.controller.CreatePartitions;
import io.millrace.cluster.controller.CreateTopics;
import io.millrace.cluster.controller.DeleteTopics;
import io.millrace.cluster.controller.FinaliseFeatures;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.RaiseLeaderEpochs;
import io.millrace.cluster.controller.RegisterNode;
import io.millrace.cluster.controller.TopicIdPartition;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.metadata.ImageDraft;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One node's share of the cluster: applies committed records to the image, publishes it, tells subscribers what
/// changed, and, as the leader of the metadata log, decides commands.
///
/// Owned by: the metadata loop, but for the methods of its ports, which any thread may call.
/// Invariant: published, then heard by subscribers, then answered, in this order for every change.
public final class LocalCluster implements CatalogSource, CatalogChanges, ClusterChanges, AutoCloseable {
    private final NodeIdentity identity;
    private final ClusterSettings settings;
    private final ClusterPorts ports;
    private final MetadataLog log;
    private final Loop loop;
    private final Randomness randomness;
    private final CommandQueue commands;
    private final List<CatalogListener> listeners = new ArrayList<>();
    private final CatalogCell published;
    private int recordsSinceSnapshot;

    public LocalCluster(NodeIdentity identity, ClusterSettings settings, ClusterPorts ports) {
        this.identity = identity;
        this.settings = settings;
        this.ports = ports;
        this.log = ports.log();
        this.loop = ports.loop();
        this.randomness = ports.randomness();
        this.commands = new CommandQueue(loop, log, randomness);
        this.published = ports.published();
    }

    /// What a node sees before its log told it anything.
    public static MetadataImage empty(NodeIdentity identity, ClusterSettings settings) {
        return MetadataImage.empty(identity.clusterId(), identity.nodeId(), settings.fixedConfigs());
    }

    /// Hears of every change from now on, first of everything there is. May be called from any thread.
    public void subscribe(CatalogListener listener) {
        loop.run(() -> {
            listeners.add(listener);
            MetadataImage current = published.get();
            CatalogDelta everything = CatalogDelta.of(current);
            if (!everything.isEmpty()) {
                listener.onChange(empty(identity, settings), current, everything);
            }
        });
    }

    /// Starts the log. May be called from any thread, once.
    ///
    /// @param onReady called inside the loop when this node is registered and everything committed so far is applied
    /// @param onFailure called inside the loop when the log cannot be used, at the start or later
    public void start(Runnable onReady, Consumer<MetadataFailure> onFailure) {
        log.start(loop, new LogListener(onReady, onFailure));
    }

    @Override
    public Catalog current() {
        return published.get();
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
        submit(new AlterConfigs(List.copyOf(changes), validateOnly), reply);
    }

    @Override
    public void allocateProducerIds(Consumer<ProducerIdBlock> reply) {
        submit(new AllocateProducerIds(identity.nodeId()), reply);
    }

    /// Partitions on this node whose logs hold later epochs than the metadata; see [RaiseLeaderEpochs].
    public void raiseLeaderEpochs(List<RaiseLeaderEpochs.Behind> partitions, Consumer<Outcome> reply) {
        submit(new RaiseLeaderEpochs(partitions), reply);
    }

    private <R> void submit(Command<R> command, Consumer<R> reply) {
        Loop caller = ports.callerLoop().get();
        loop.run(() -> commands.submit(command, answer -> caller.post(() -> reply.accept(answer))));
    }

    @Override
    public Optional<List<ConfigEntry>> describeConfigs(ConfigResource resource, @Nullable List<String> names) {
        return entries(resource, published.get())
                .map(entries -> names == null
                        ? entries
                        : entries.stream()
                                .filter(entry -> names.contains(entry.name()))
                                .toList());
    }

    private static Optional<List<ConfigEntry>> entries(ConfigResource resource, MetadataImage image) {
        return switch (resource.kind()) {
            case TOPIC ->
                image.topic(resource.name())
                        .map(topic -> new ConfigDescription(image.nodeConfigs()).topic(topic.overrides()));
            case NODE -> nodeEntries(resource, image);
            case NODE_LOGGER -> Optional.empty();
            case GROUP, CLIENT_METRICS ->
                Optional.of(ConfigDescription.other(resource.kind(), image.configs(resource)));
        };
    }

    private static Optional<List<ConfigEntry>> nodeEntries(ConfigResource resource, MetadataImage image) {
        if (resource.name().isEmpty()) {
            return Optional.of(new ConfigDescription(image.nodeConfigs()).cluster());
        }
        Optional<Integer> node = image.nodes().stream()
                .map(view -> view.id())
                .filter(id -> resource.name().equals(Integer.toString(id)))
                .findFirst();
        return node.map(id -> new ConfigDescription(configsOf(id, image)).node());
    }

    /// What another node was given at its start is known there only.
    private static NodeConfigs configsOf(int node, MetadataImage image) {
        NodeConfigs here = image.nodeConfigs();
        if (node == image.nodeId()) {
            return here;
        }
        Map<String, String> own = image.configs(new ConfigResource(ConfigResource.Kind.NODE, Integer.toString(node)));
        return new NodeConfigs(own, here.cluster(), Map.of());
    }

    @Override
    public List<ConfigResource> configResources(ConfigResource.Kind kind) {
        if (kind == ConfigResource.Kind.TOPIC) {
            return published.get().topics().stream()
                    .filter(topic -> !topic.overrides().isEmpty())
                    .map(topic -> new ConfigResource(kind, topic.name()))
                    .toList();
        }
        return published.get().configResources(kind);
    }

    @Override
    public void quorum(Consumer<QuorumReply> reply) {
        Loop caller = ports.callerLoop().get();
        loop.run(() -> log.quorum(view -> caller.post(() -> reply.accept(new QuorumReply(Outcome.OK, view)))));
    }

    /// The node's logs are open: it may lead and follow from now on.
    ///
    /// @param onServing called inside the loop when the controller let it
    public void serve(Runnable onServing) {
        ports.lease().set(LeaseCell.FOREVER);
        loop.run(onServing);
    }

    /// Whether this node may act as a leader at all.
    public LeaderStanding standing() {
        return nowMs -> nowMs < ports.lease().untilMs();
    }

    /// What leaders here want their partitions' in-sync sets to be; answered when decided and applied here.
    public void changeInSync(List<InSyncChange> changes, Consumer<List<Outcome>> reply) {
        throw new UnsupportedOperationException();
    }

    /// This node can not serve these any more: their disk failed.
    public void giveUpReplicas(List<TopicIdPartition> partitions, Consumer<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    /// The process of another node is gone: nobody listens where it did. Heard by the controller only.
    public void suspect(int nodeId) {
        throw new UnsupportedOperationException();
    }

    /// What another node asks this one as the controller. May be called from any thread.
    ///
    /// @param reply takes the answer inside the loop, exactly once
    public void onCall(ByteBuffer call, Consumer<ByteBuffer> reply) {
        throw new UnsupportedOperationException();
    }

    /// Hands leaderships and in-sync memberships to others before the node stops.
    ///
    /// @param mayStop called inside the loop when nothing is left to hand over, or after `timeoutMs`
    public void leave(long timeoutMs, Runnable mayStop) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void electLeaders(Election election, List<PartitionRef> partitions, Consumer<List<Outcome>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reassign(List<Reassignment> partitions, boolean changeFactor, Consumer<List<Outcome>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unregisterNode(int nodeId, Consumer<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cordon(int nodeId, boolean cordoned, Consumer<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drain(int nodeId, Consumer<DrainReply> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void addVoter(Voter voter, Consumer<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removeVoter(int nodeId, TopicId directoryId, Consumer<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void updateFeatures(List<FeatureChange> changes, boolean validateOnly, Consumer<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    /// Stops the log; the loop stays whoever's it is.
    @Override
    public void close() {
        log.close();
    }

    private void publish(MetadataImage after, CatalogDelta delta) {
        MetadataImage before = published.get();
        published.set(after);
        if (!delta.isEmpty()) {
            listeners.forEach(listener -> listener.onChange(before, after, delta));
        }
    }

    /// What the log says, inside the metadata loop.
    private final class LogListener implements MetadataLog.Listener {
        private final Runnable onReady;
        private final Consumer<MetadataFailure> onFailure;

        LogListener(Runnable onReady, Consumer<MetadataFailure> onFailure) {
            this.onReady = onReady;
            this.onFailure = onFailure;
        }

        @Override
        public void onSnapshot(Position last, List<MetadataRecord> records) {
            MetadataImage before = published.get();
            ImageDraft draft = empty(identity, settings).draft();
            records.forEach(draft::apply);
            MetadataImage after = draft.image().withController(before.controllerId());
            recordsSinceSnapshot = 0;
            publish(after, draft.deltaFromAll(before, after));
        }

        @Override
        public void onCommitted(Position last, List<MetadataRecord> records) {
            MetadataImage before = published.get();
            if (!records.isEmpty()) {
                ImageDraft draft = before.draft();
                records.forEach(draft::apply);
                MetadataImage after = draft.image();
                publish(after, draft.delta(before, after));
                recordsSinceSnapshot += records.size();
            }
            commands.onCommitted(last.offset(), published.get());
            writeSnapshotWhenDue(last);
        }

        private void writeSnapshotWhenDue(Position last) {
            // A snapshot costs as much as there are topics, so a large image is written less often.
            int due = Math.max(
                    settings.recordsPerSnapshot(), published.get().topics().size());
            if (recordsSinceSnapshot >= due) {
                log.writeSnapshot(last, ImageSnapshot.records(published.get()));
                recordsSinceSnapshot = 0;
            }
        }

        @Override
        public void onLeader(OptionalInt leaderId, int epoch) {
            published.set(published.get().withController(leaderId.orElse(MetadataImage.NO_CONTROLLER)));
            if (leaderId.isPresent() && leaderId.getAsInt() == identity.nodeId()) {
                commands.onLeading(epoch, published.get());
                announce();
            } else {
                commands.onFollowing();
            }
        }

        private void announce() {
            commands.submit(new FinaliseFeatures(settings.features()), outcome -> {});
            RegisterNode register = new RegisterNode(
                    identity.nodeId(),
                    TopicId.random(randomness),
                    identity.directoryId(),
                    settings.rack(),
                    settings.endpoints());
            commands.submit(register, outcome -> {
                if (outcome.isOk()) {
                    onReady.run();
                } else if (outcome.error() == ErrorKind.STORAGE_ERROR) {
                    String why = "this node can not be registered: " + outcome.message();
                    onFailure(why, new IOException(why));
                }
            });
        }

        @Override
        public void onFailure(String why, Throwable cause) {
            commands.onFollowing();
            onFailure.accept(new MetadataFailure(why, cause));
        }
    }
}
