package io.millrace.cluster.controller;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.routing.RoutingRules;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueRules;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.config.NodeSettings;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicDeleted;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.cluster.metadata.TopologyRecord;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Changes virtual hosts, exchanges, queues, bindings or users. Whoever asks has checked the same before: what is
/// refused here lost a race.
public record ChangeTopology(TopologyChange change) implements Command<TopologyReply> {
    /// A queue's log keeps what the queue has not settled, however old.
    private static final Map<String, String> QUEUE_CONFIGS = Map.of("retention.ms", "-1", "retention.bytes", "-1", "segment.bytes", "67108864");

    private static final Done CHANGED = new Done(true);
    private static final Done UNCHANGED = new Done(false);

    @Override
    public Decision<TopologyReply> decide(MetadataImage image, Randomness randomness) {
        if (!image.level().has(MetadataLevel.TOPOLOGY)) {
            return Decision.unchanged(image, refused(image.level().tooLowFor(MetadataLevel.TOPOLOGY)));
        }
        Decision.Draft draft = new Decision.Draft(image);
        TopologyReply reply = switch (change) {
            case TopologyChange.DeclareExchange asked ->
                in(image, asked.vhost(), vhost -> declare(asked, vhost, draft));
            case TopologyChange.DeleteExchange asked -> in(image, asked.vhost(), vhost -> delete(asked, vhost, draft));
            case TopologyChange.Bind asked -> in(image, asked.vhost(), vhost -> bind(asked, vhost, draft));
            case TopologyChange.Unbind asked -> in(image, asked.vhost(), vhost -> unbind(asked, vhost, draft));
            case TopologyChange.DeclareQueue asked ->
                in(image, asked.queue().ref().vhost(), vhost -> declare(asked, vhost, draft, randomness));
            case TopologyChange.DeleteQueue asked ->
                in(image, asked.queue().vhost(), vhost -> delete(asked, vhost, draft));
            case TopologyChange.ConnectionGone(ConnectionId connection) -> deleteQueuesOf(connection, draft);
            case TopologyChange.PutVhost asked ->
                write(draft, new TopologyRecord.VhostPut(asked.vhost(), asked.traits()));
            case TopologyChange.DeleteVhost asked -> in(image, asked.vhost(), vhost -> delete(vhost, draft));
            case TopologyChange.PutUser asked -> write(draft, new TopologyRecord.UserPut(asked.user()));
            case TopologyChange.DeleteUser asked ->
                image.topology().user(asked.user()).isPresent()
                        ? write(draft, new TopologyRecord.UserDeleted(asked.user()))
                        : UNCHANGED;
            case TopologyChange.PutPermission asked ->
                in(
                        image,
                        asked.vhost(),
                        vhost -> write(draft, new TopologyRecord.PermissionPut(asked.vhost(), asked.permission())));
            case TopologyChange.DeletePermission asked ->
                in(
                        image,
                        asked.vhost(),
                        vhost -> vhost.permission(asked.user()).isPresent()
                                ? write(draft, new TopologyRecord.PermissionDeleted(asked.vhost(), asked.user()))
                                : UNCHANGED);
        };
        return draft.decision(reply);
    }

    private static TopologyReply in(MetadataImage image, VhostName name, Function<VhostView, TopologyReply> decide) {
        return image.topology().vhost(name).map(decide).orElseGet(() -> new TopologyReply.NoVhost(name));
    }

    private static TopologyReply write(Decision.Draft draft, TopologyRecord record) {
        draft.add(new TopologyRecorded(record));
        return CHANGED;
    }

    private static TopologyReply declare(TopologyChange.DeclareExchange asked, VhostView vhost, Decision.Draft draft) {
        Optional<RoutingRefusal> refusal = RoutingRules.declare(vhost.routing(), asked.exchange());
        if (refusal.isPresent()) {
            return new TopologyReply.Refused(refusal.get());
        }
        if (vhost.routing().exchange(asked.exchange().name()).isPresent()) {
            return UNCHANGED;
        }
        return write(
                draft,
                new TopologyRecord.ExchangeDeclared(
                        asked.vhost(), asked.exchange(), draft.image().lastNodeEpoch()));
    }

    private static TopologyReply delete(TopologyChange.DeleteExchange asked, VhostView vhost, Decision.Draft draft) {
        Optional<RoutingRefusal> refusal = RoutingRules.delete(vhost.routing(), asked.exchange(), asked.ifUnused());
        if (refusal.isPresent()) {
            return new TopologyReply.Refused(refusal.get());
        }
        if (vhost.routing().exchange(asked.exchange()).isEmpty()) {
            return UNCHANGED;
        }
        return write(draft, new TopologyRecord.ExchangeDeleted(asked.vhost(), asked.exchange()));
    }

    private static TopologyReply bind(TopologyChange.Bind asked, VhostView vhost, Decision.Draft draft) {
        Optional<RoutingRefusal> refusal = RoutingRules.bind(vhost.routing(), asked.binding());
        if (refusal.isPresent()) {
            return new TopologyReply.Refused(refusal.get());
        }
        return vhost.routing().hasBinding(asked.binding())
                ? UNCHANGED
                : write(draft, new TopologyRecord.Bound(asked.vhost(), asked.binding()));
    }

    private static TopologyReply unbind(TopologyChange.Unbind asked, VhostView vhost, Decision.Draft draft) {
        Optional<RoutingRefusal> refusal = RoutingRules.unbind(asked.binding());
        if (refusal.isPresent()) {
            return new TopologyReply.Refused(refusal.get());
        }
        return vhost.routing().hasBinding(asked.binding())
                ? write(draft, new TopologyRecord.Unbound(asked.vhost(), asked.binding()))
                : UNCHANGED;
    }

    private static TopologyReply declare(
            TopologyChange.DeclareQueue asked, VhostView vhost, Decision.Draft draft, Randomness randomness) {
        QueueSpec queue = asked.queue();
        Optional<QueueView> current = vhost.queue(queue.ref().name());
        if (current.isPresent()) {
            return again(asked, current.get());
        }
        TopicId id = TopicId.random(randomness);
        return queue.durable() && !queue.exclusive()
                ? declareOnLog(queue, id, draft, randomness)
                : declareInMemory(asked, id, draft);
    }

    private static TopologyReply again(TopologyChange.DeclareQueue asked, QueueView current) {
        if (current.owner().isPresent() && !current.owner().equals(asked.owner())) {
            return new TopologyReply.Locked(current.ref());
        }
        Optional<Inequivalence> difference = QueueRules.difference(current.spec(), asked.queue());
        return difference.isPresent()
                ? new TopologyReply.QueueInequivalent(current.ref(), difference.get())
                : UNCHANGED;
    }

    private static TopologyReply declareInMemory(TopologyChange.DeclareQueue asked, TopicId id, Decision.Draft draft) {
        Optional<NodeRegistered> home = draft.image().registration(asked.nodeId());
        boolean isOfThisLife = asked.owner().isEmpty()
                || home.filter(node -> node.epoch() == asked.owner().get().nodeEpoch())
                        .isPresent();
        if (home.isEmpty() || !isOfThisLife) {
            return new TopologyReply.Failed(
                    Outcome.refused(ErrorKind.STALE_NODE_EPOCH, "The node registered anew meanwhile."));
        }
        Home memory = new Home.InMemory(asked.nodeId(), home.get().epoch());
        return write(draft, new TopologyRecord.QueueDeclared(asked.queue(), id, memory, asked.owner()));
    }

    private static TopologyReply declareOnLog(
            QueueSpec queue, TopicId id, Decision.Draft draft, Randomness randomness) {
        MetadataImage image = draft.image();
        List<Integer> active = new ArrayList<>();
        for (NodeView node : image.nodes()) {
            if (node.isActive() && !node.cordoned()) {
                active.add(node.id());
            }
        }
        if (active.isEmpty()) {
            return new TopologyReply.Failed(
                    Outcome.refused(ErrorKind.LEADER_NOT_AVAILABLE, "No node takes new queues now."));
        }
        int factor =
                Math.min(new NodeSettings(image.nodeConfigs()).intValue("default.replication.factor"), active.size());
        int first = randomness.nextInt(active.size());
        List<Integer> replicas = new ArrayList<>(factor);
        for (int at = 0; at < factor; at++) {
            replicas.add(active.get((first + at) % active.size()));
        }
        String topic = QueueTopics.nameOf(queue.ref(), id.toString());
        if (image.topic(topic).isPresent()) {
            return new TopologyReply.Failed(
                    Outcome.refused(ErrorKind.TOPIC_ALREADY_EXISTS, "A topic named '" + topic + "' is there already."));
        }
        draft.add(new TopicCreated(id, topic, false, QUEUE_CONFIGS));
        draft.add(new PartitionsCreated(id, 0, List.of(PartitionState.created(replicas))));
        return write(draft, new TopologyRecord.QueueDeclared(queue, id, new Home.OnLog(topic, id), Optional.empty()));
    }

    private static TopologyReply delete(TopologyChange.DeleteQueue asked, VhostView vhost, Decision.Draft draft) {
        Optional<QueueView> queue =
                vhost.queue(asked.queue().name()).filter(there -> there.id().equals(asked.id()));
        if (queue.isEmpty()) {
            return UNCHANGED;
        }
        delete(queue.get(), draft);
        return CHANGED;
    }

    private static void delete(QueueView queue, Decision.Draft draft) {
        write(draft, new TopologyRecord.QueueDeleted(queue.ref()));
        if (queue.home() instanceof Home.OnLog log
                && draft.image().topic(log.topicId()).isPresent()) {
            draft.add(new TopicDeleted(log.topicId()));
        }
    }

    private static TopologyReply delete(VhostView vhost, Decision.Draft draft) {
        for (QueueView queue : vhost.queuesFrom("")) {
            if (queue.home() instanceof Home.OnLog log
                    && draft.image().topic(log.topicId()).isPresent()) {
                draft.add(new TopicDeleted(log.topicId()));
            }
        }
        return write(draft, new TopologyRecord.VhostDeleted(vhost.name()));
    }

    private static TopologyReply deleteQueuesOf(ConnectionId connection, Decision.Draft draft) {
        List<QueueRef> queues =
                draft.image().topology().queuesOf(connection.nodeId(), connection.nodeEpoch(), connection.number());
        queues.forEach(queue -> write(draft, new TopologyRecord.QueueDeleted(queue)));
        return new Done(!queues.isEmpty());
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public TopologyReply refused(Outcome why) {
        return new TopologyReply.Failed(why);
    }
}
