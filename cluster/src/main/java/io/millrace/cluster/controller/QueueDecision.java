package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.Policies;
import io.millrace.broker.topology.QueueRules;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.TopologyReply.Failed;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.config.NodeSettings;
import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicDeleted;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.cluster.metadata.TopologyRecord;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ErrorKind;
import io.millrace.model.ExchangeName;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Where a new queue lives, and what goes with one that is deleted: part of [ChangeTopology].
///
/// A durable queue lies in a topic of one partition. One declared as quorum or stream has three replicas where there
/// are as many nodes, another one as many as topics have by default; `x-quorum-initial-group-size` and
/// `x-initial-cluster-size` say otherwise. Fewer nodes than that are no reason to refuse it.
final class QueueDecision {
    private static final int QUORUM_REPLICAS = 3;
    private static final Done CHANGED = new Done(true);
    private static final Done UNCHANGED = new Done(false);

    private final Decision.Draft draft;
    private final Randomness randomness;

    QueueDecision(Decision.Draft draft, Randomness randomness) {
        this.draft = draft;
        this.randomness = randomness;
    }

    TopologyReply declare(TopologyChange.DeclareQueue asked, VhostView vhost) {
        QueueSpec queue = asked.queue();
        if (CommitQueue.is(queue.ref().name())) {
            return declareCommits(asked.nodeId(), vhost);
        }
        Optional<QueueView> current = vhost.queue(queue.ref().name());
        if (current.isPresent()) {
            if (!isOutOfReach(current.get())) {
                return again(asked, current.get());
            }
            delete(current.get());
        }
        OptionalLong limit = draft.image().topology().limit(ParameterKey.limitsOf(vhost.name()), "max-queues");
        if (limit.isPresent() && vhost.queueCount() >= limit.getAsLong()) {
            return new TopologyReply.Refused(new RoutingRefusal.Invalid(
                    "cannot declare queue '" + queue.ref().name() + "': queue limit in vhost '" + vhost.name() + "' ("
                            + limit.getAsLong() + ") is reached"));
        }
        Optional<String> unfit = ArgumentsCodec.refusal(queue.arguments());
        if (unfit.isPresent()) {
            return new TopologyReply.Refused(new RoutingRefusal.Invalid(unfit.get()));
        }
        TopicId id = TopicId.random(randomness);
        return queue.durable() && !queue.exclusive()
                ? declareOnLog(queue, id, vhost, leaderWanted(asked))
                : declareInMemory(asked, id);
    }

    /// In the memory of a node that is fenced: gone, or out of everybody's sight for long enough. Whoever declares the
    /// queue anew gets a new one; the node drops the old one should it come back.
    private boolean isOutOfReach(QueueView current) {
        return current.home() instanceof Home.InMemory memory
                && draft.image()
                        .registration(memory.nodeId())
                        .filter(node -> !node.fenced())
                        .isEmpty();
    }

    private static TopologyReply again(TopologyChange.DeclareQueue asked, QueueView current) {
        if (!current.owner().equals(asked.owner())) {
            return new TopologyReply.Locked(current.ref());
        }
        Optional<Inequivalence> difference = QueueRules.difference(current.spec(), asked.queue());
        return difference.isPresent()
                ? new TopologyReply.QueueInequivalent(current.ref(), difference.get())
                : UNCHANGED;
    }

    private TopologyReply declareInMemory(TopologyChange.DeclareQueue asked, TopicId id) {
        Optional<NodeRegistered> home = draft.image().registration(asked.nodeId());
        boolean isOwnedAsSaid = asked.queue().exclusive() == asked.owner().isPresent()
                && asked.owner()
                        .filter(owner -> owner.nodeId() != asked.nodeId())
                        .isEmpty();
        if (!isOwnedAsSaid) {
            return refused(ErrorKind.INVALID_REQUEST, "An exclusive queue has an owner on its node, another has none.");
        }
        boolean isOfThisLife = asked.owner().isEmpty()
                || home.filter(node -> node.epoch() == asked.owner().get().nodeEpoch())
                        .isPresent();
        if (home.isEmpty() || !isOfThisLife) {
            return refused(ErrorKind.STALE_NODE_EPOCH, "The node registered anew meanwhile.");
        }
        Home memory = new Home.InMemory(asked.nodeId(), home.get().epoch());
        return write(new TopologyRecord.QueueDeclared(asked.queue(), id, memory, asked.owner()));
    }

    /// As in RabbitMQ the node that was asked leads the queue, unless the locator says otherwise.
    private static OptionalInt leaderWanted(TopologyChange.DeclareQueue asked) {
        boolean isAnywhere = Stream.of("x-queue-leader-locator", "x-queue-master-locator")
                .flatMap(name -> asked.queue().arguments().find(name).stream())
                .anyMatch(locator -> locator instanceof ArgumentValue.Text text
                        && !text.asString().equals("client-local"));
        return isAnywhere ? OptionalInt.empty() : OptionalInt.of(asked.nodeId());
    }

    /// @param leader who should lead it, if it may
    private TopologyReply declareOnLog(QueueSpec queue, TopicId id, VhostView vhost, OptionalInt leader) {
        MetadataImage image = draft.image();
        List<Placement.Candidate> active = new ArrayList<>();
        for (NodeView node : image.nodes()) {
            if (node.isActive() && !node.cordoned()) {
                boolean isWanted = leader.equals(OptionalInt.of(node.id()));
                active.add(new Placement.Candidate(node.id(), node.rack(), isWanted ? 0 : 1, 0));
            }
        }
        if (active.isEmpty()) {
            return refused(ErrorKind.LEADER_NOT_AVAILABLE, "No node takes new queues now.");
        }
        int factor = Math.clamp(wantedReplicas(queue, image), 1, active.size());
        List<Integer> replicas =
                new Placement(active, randomness).place(1, factor).getFirst();
        String topic = QueueTopics.nameOf(queue.ref(), id.toString());
        if (image.topic(topic).isPresent()) {
            topic = QueueTopics.otherNameOf(queue.ref(), id.toString());
        }
        Map<String, String> settings = new TreeMap<>(QueueTopics.settings(queue, policy(queue, vhost)));
        if (queue.type() != QueueType.CLASSIC) {
            // a confirm is a majority, those counted that are away while it is declared
            int all = Math.clamp(wantedReplicas(queue, image), 1, image.nodes().size());
            settings.put("min.insync.replicas", Integer.toString(Math.min(all / 2 + 1, factor)));
        }
        draft.add(new TopicCreated(id, topic, queue.type() != QueueType.STREAM, settings));
        draft.add(new PartitionsCreated(id, 0, List.of(PartitionState.created(replicas))));
        return write(new TopologyRecord.QueueDeclared(queue, id, new Home.OnLog(topic, id), Optional.empty()));
    }

    /// Only streams have settings by policy; it is worked out again when the queue is there.
    private static EffectivePolicy policy(QueueSpec queue, VhostView vhost) {
        return queue.type() == QueueType.STREAM
                ? new Policies(vhost.policies(), vhost.operatorPolicies()).of(queue)
                : EffectivePolicy.NONE;
    }

    /// Where the messages of a delayed exchange wait; declared before it.
    TopologyReply declareDelays(VhostView vhost, ExchangeName exchange) {
        return declareOnLog(
                DelayQueue.of(vhost.name(), exchange), TopicId.random(randomness), vhost, OptionalInt.empty());
    }

    /// Where a node keeps its commits.
    private TopologyReply declareCommits(int nodeId, VhostView vhost) {
        QueueSpec queue = CommitQueue.of(vhost.name(), nodeId);
        return vhost.anyQueue(queue.ref().name()).isPresent()
                ? UNCHANGED
                : declareOnLog(queue, TopicId.random(randomness), vhost, OptionalInt.of(nodeId));
    }

    /// However many nodes there are.
    static long wantedReplicas(QueueSpec queue, MetadataImage image) {
        int usual = new NodeSettings(image.nodeConfigs()).intValue("default.replication.factor");
        return switch (queue.type()) {
            case CLASSIC -> usual;
            case QUORUM -> whole(queue, "x-quorum-initial-group-size", Math.max(usual, QUORUM_REPLICAS));
            case STREAM -> whole(queue, "x-initial-cluster-size", Math.max(usual, QUORUM_REPLICAS));
        };
    }

    private static long whole(QueueSpec queue, String argument, long otherwise) {
        return queue.arguments().find(argument).orElse(new ArgumentValue.Nothing()) instanceof ArgumentValue.Whole whole
                ? whole.value()
                : otherwise;
    }

    TopologyReply delete(TopologyChange.DeleteQueue asked, VhostView vhost) {
        Optional<QueueView> queue =
                vhost.queue(asked.queue().name()).filter(there -> there.id().equals(asked.id()));
        queue.ifPresent(this::delete);
        return queue.isPresent() ? CHANGED : UNCHANGED;
    }

    /// The topic may be gone already: its disk, and then its metadata, are not only ours.
    void delete(QueueView queue) {
        write(new TopologyRecord.QueueDeleted(queue.ref()));
        if (queue.home() instanceof Home.OnLog log
                && draft.image().topic(log.topicId()).isPresent()) {
            draft.add(new TopicDeleted(log.topicId()));
        }
    }

    private TopologyReply write(TopologyRecord record) {
        draft.add(new TopologyRecorded(record));
        return CHANGED;
    }

    private static Failed refused(ErrorKind why, String message) {
        return new Failed(Outcome.refused(why, message));
    }
}
