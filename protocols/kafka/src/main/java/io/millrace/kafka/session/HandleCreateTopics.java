package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.mapping.Configs;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.kafka.mapping.TopicNames;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.jspecify.annotations.Nullable;

/// CreateTopics (key 19). Each topic succeeds or fails by itself; what only the request can tell is refused here, the
/// rest by the catalogue. From version 5 the answer carries the new topic's settings (KIP-525).
final class HandleCreateTopics implements Handler<CreateTopicsRequest> {
    private static final int UNSET = -1;

    private final CatalogChanges changes;

    HandleCreateTopics(CatalogChanges changes) {
        this.changes = changes;
    }

    @Override
    public void handle(CreateTopicsRequest request, RequestContext context, Reply reply) {
        Map<String, CreatableTopicResult> answers = new LinkedHashMap<>();
        List<NewTopic> wanted = new ArrayList<>();
        Set<String> duplicates = duplicates(request);
        for (CreatableTopic topic : request.data().topics()) {
            Outcome outcome = duplicates.contains(topic.name())
                    ? Outcome.refused(ErrorKind.INVALID_REQUEST, "Duplicate topic name.")
                    : complaint(topic);
            answers.put(topic.name(), answer(topic.name(), outcome));
            if (outcome.isOk()) {
                wanted.add(newTopic(topic));
            }
        }
        if (wanted.isEmpty()) {
            reply.send(respond(answers));
            return;
        }
        changes.createTopics(wanted, request.data().validateOnly(), created -> {
            for (NewTopicReply topic : created) {
                answers.put(topic.name(), created(topic));
            }
            reply.send(respond(answers));
        });
    }

    private static Set<String> duplicates(CreateTopicsRequest request) {
        Set<String> seen = new LinkedHashSet<>();
        Set<String> duplicates = new LinkedHashSet<>();
        for (CreatableTopic topic : request.data().topics()) {
            if (!seen.add(topic.name())) {
                duplicates.add(topic.name());
            }
        }
        return duplicates;
    }

    private static Outcome complaint(CreatableTopic topic) {
        String name = TopicNames.complaint(topic.name());
        if (!name.isEmpty()) {
            return Outcome.refused(ErrorKind.INVALID_TOPIC, name);
        }
        boolean assigned = !topic.assignments().isEmpty();
        if (assigned && (topic.numPartitions() != UNSET || topic.replicationFactor() != UNSET)) {
            return Outcome.refused(
                    ErrorKind.INVALID_REQUEST,
                    "A manual assignment excludes a partition count and a replication factor.");
        }
        if (!assigned && topic.numPartitions() != UNSET && topic.numPartitions() <= 0) {
            return Outcome.refused(ErrorKind.INVALID_PARTITIONS, "Number of partitions must be larger than 0.");
        }
        if (!assigned && topic.replicationFactor() != UNSET && topic.replicationFactor() <= 0) {
            return Outcome.refused(ErrorKind.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0.");
        }
        return assigned ? assignmentComplaint(topic) : Outcome.OK;
    }

    private static Outcome assignmentComplaint(CreatableTopic topic) {
        Set<Integer> indexes = new LinkedHashSet<>();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            if (!indexes.add(assignment.partitionIndex())) {
                return Outcome.refused(
                        ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                        "Partition " + assignment.partitionIndex() + " is assigned twice.");
            }
        }
        return Outcome.OK;
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        Map<Integer, List<Integer>> assignment = new LinkedHashMap<>();
        for (CreatableReplicaAssignment assigned : topic.assignments()) {
            assignment.put(assigned.partitionIndex(), assigned.brokerIds());
        }
        Map<String, @Nullable String> configs = new LinkedHashMap<>();
        for (CreatableTopicConfig config : topic.configs()) {
            configs.put(config.name(), config.value());
        }
        return new NewTopic(topic.name(), topic.numPartitions(), topic.replicationFactor(), assignment, configs);
    }

    private CreatableTopicResult created(NewTopicReply reply) {
        CreatableTopicResult answer = answer(reply.name(), reply.outcome());
        TopicView topic = reply.topic();
        if (topic == null) {
            return answer;
        }
        int replicas = topic.partitions().isEmpty()
                ? 0
                : topic.partitions().getFirst().replicas().size();
        return answer.setTopicId(Uuids.of(topic.id()))
                .setNumPartitions(topic.partitions().size())
                .setReplicationFactor((short) replicas)
                .setConfigs(configs(topic.name()));
    }

    private List<CreatableTopicConfigs> configs(String topic) {
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        List<ConfigEntry> entries = changes.describeConfigs(new ConfigResource(ConfigResource.Kind.TOPIC, topic), null)
                .orElse(List.of());
        for (ConfigEntry entry : entries) {
            configs.add(new CreatableTopicConfigs()
                    .setName(entry.name())
                    .setValue(entry.value())
                    .setReadOnly(entry.readOnly())
                    .setConfigSource(Configs.code(entry.source()))
                    .setIsSensitive(entry.sensitive()));
        }
        return configs;
    }

    private static CreatableTopicResult answer(String name, Outcome outcome) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(ErrorCodes.code(outcome.error()))
                .setErrorMessage(Messages.of(outcome));
    }

    private static CreateTopicsResponse respond(Map<String, CreatableTopicResult> answers) {
        CreateTopicsResponseData data = new CreateTopicsResponseData();
        data.topics().addAll(answers.values());
        return new CreateTopicsResponse(data);
    }
}
