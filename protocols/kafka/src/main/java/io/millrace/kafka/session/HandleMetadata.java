package io.millrace.kafka.session;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.kafka.mapping.Operations;
import io.millrace.kafka.mapping.TopicNames;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/// Metadata (key 3): nodes, topics, leaders. Topics that do not exist are made on the way when both the node and the
/// request allow it; unlike Kafka, the answer then waits until they exist, which saves the client a round trip and a
/// retry.
final class HandleMetadata implements Handler<MetadataRequest> {
    private static final int TOPIC_IDS_ASKED_VERSION = 12;
    private static final int CLUSTER_OPERATIONS_FROM = 8;
    private static final int CLUSTER_OPERATIONS_TO = 10;

    private final CatalogSource catalog;
    private final CatalogChanges changes;
    private final boolean autoCreate;

    HandleMetadata(CatalogSource catalog, CatalogChanges changes, boolean autoCreate) {
        this.catalog = catalog;
        this.changes = changes;
        this.autoCreate = autoCreate;
    }

    @Override
    public void handle(MetadataRequest request, RequestContext context, Reply reply) {
        List<NewTopic> missing = missing(request);
        if (missing.isEmpty()) {
            reply.send(new MetadataResponse(answer(request, context, Map.of()), request.version()));
        } else {
            changes.createTopics(
                    missing,
                    false,
                    created -> reply.send(
                            new MetadataResponse(answer(request, context, refused(created)), request.version())));
        }
    }

    private List<NewTopic> missing(MetadataRequest request) {
        if (!autoCreate || request.isAllTopics() || !request.allowAutoTopicCreation()) {
            return List.of();
        }
        Catalog now = catalog.current();
        Set<String> names = new LinkedHashSet<>();
        for (MetadataRequestTopic asked : request.data().topics()) {
            String name = asked.name();
            // Topics of the broker's own need settings of their own; whoever owns them makes them.
            if (name != null
                    && !isById(asked)
                    && TopicNames.isValid(name)
                    && !Topic.isInternal(name)
                    && now.topic(name).isEmpty()) {
                names.add(name);
            }
        }
        return names.stream()
                .map(name -> new NewTopic(name, -1, -1, Map.of(), Map.of()))
                .toList();
    }

    private static Map<String, ErrorKind> refused(List<NewTopicReply> replies) {
        Map<String, ErrorKind> refused = new HashMap<>();
        for (NewTopicReply created : replies) {
            Outcome outcome = created.outcome();
            // Somebody else was faster: then it exists, and that is all that was wanted.
            if (!outcome.isOk() && outcome.error() != ErrorKind.TOPIC_ALREADY_EXISTS) {
                refused.put(created.name(), outcome.error());
            }
        }
        return refused;
    }

    private MetadataResponseData answer(
            MetadataRequest request, RequestContext context, Map<String, ErrorKind> refused) {
        Catalog now = catalog.current();
        MetadataResponseData data =
                new MetadataResponseData().setClusterId(now.clusterId()).setControllerId(now.controllerId());
        addBrokers(data, now, context.listener());
        addTopics(data, request, now, refused);
        short version = request.version();
        if (version >= CLUSTER_OPERATIONS_FROM
                && version <= CLUSTER_OPERATIONS_TO
                && request.data().includeClusterAuthorizedOperations()) {
            data.setClusterAuthorizedOperations(Operations.CLUSTER);
        }
        return data;
    }

    private static void addBrokers(MetadataResponseData data, Catalog now, String listener) {
        for (NodeView node : now.nodes()) {
            Optional<NodeView.Endpoint> endpoint = Nodes.endpoint(node, listener);
            if (!node.fenced() && endpoint.isPresent()) {
                data.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(node.id())
                                .setHost(endpoint.get().host())
                                .setPort(endpoint.get().port())
                                .setRack(Nodes.rack(node)));
            }
        }
    }

    private static void addTopics(
            MetadataResponseData data, MetadataRequest request, Catalog now, Map<String, ErrorKind> refused) {
        Set<Integer> online = Nodes.online(now);
        boolean operations = request.data().includeTopicAuthorizedOperations();
        if (request.isAllTopics()) {
            for (TopicView topic : now.topics()) {
                data.topics().add(found(topic, online, operations));
            }
            return;
        }
        boolean idsAllowed = request.version() >= TOPIC_IDS_ASKED_VERSION;
        for (MetadataRequestTopic asked : request.data().topics()) {
            data.topics()
                    .add(lookUp(asked, idsAllowed, now)
                            .map(view -> found(view, online, operations))
                            .orElseGet(() -> notFound(asked, refused, idsAllowed)));
        }
    }

    private static Optional<TopicView> lookUp(MetadataRequestTopic asked, boolean idsAllowed, Catalog now) {
        if (idsAllowed && isById(asked)) {
            return now.topic(Uuids.topicId(asked.topicId()));
        }
        return Optional.ofNullable(asked.name()).flatMap(now::topic);
    }

    /// Kafka's own clients leave the name empty, not out, when they ask by id.
    private static boolean isById(MetadataRequestTopic asked) {
        return !Uuid.ZERO_UUID.equals(asked.topicId());
    }

    private static MetadataResponseTopic notFound(
            MetadataRequestTopic asked, Map<String, ErrorKind> refused, boolean idsAllowed) {
        MetadataResponseTopic topic = new MetadataResponseTopic().setTopicId(Uuid.ZERO_UUID);
        if (idsAllowed && isById(asked)) {
            return topic.setName(null).setTopicId(asked.topicId()).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
        }
        String name = asked.name();
        if (name == null) {
            // Before version 12 the layout has no way to leave the name out.
            return topic.setName(idsAllowed ? null : "").setErrorCode(Errors.INVALID_REQUEST.code());
        }
        topic.setName(name);
        if (!TopicNames.isValid(name)) {
            return topic.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        }
        ErrorKind error = refused.getOrDefault(name, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
        return topic.setErrorCode(ErrorCodes.code(error)).setIsInternal(Topic.isInternal(name));
    }

    private static MetadataResponseTopic found(TopicView topic, Set<Integer> online, boolean operations) {
        List<MetadataResponsePartition> partitions =
                new ArrayList<>(topic.partitions().size());
        for (PartitionView partition : topic.partitions()) {
            partitions.add(partition(partition, online));
        }
        MetadataResponseTopic answer = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(Uuids.of(topic.id()))
                .setIsInternal(topic.internal())
                .setPartitions(partitions);
        return operations ? answer.setTopicAuthorizedOperations(Operations.TOPIC) : answer;
    }

    private static MetadataResponsePartition partition(PartitionView view, Set<Integer> online) {
        boolean led = view.leader() != PartitionView.NO_LEADER && online.contains(view.leader());
        return new MetadataResponsePartition()
                .setErrorCode(led ? Errors.NONE.code() : Errors.LEADER_NOT_AVAILABLE.code())
                .setPartitionIndex(view.index())
                .setLeaderId(led ? view.leader() : PartitionView.NO_LEADER)
                .setLeaderEpoch(view.leaderEpoch())
                .setReplicaNodes(view.replicas())
                .setIsrNodes(view.isr())
                .setOfflineReplicas(Nodes.offlineReplicas(view, online));
    }
}
