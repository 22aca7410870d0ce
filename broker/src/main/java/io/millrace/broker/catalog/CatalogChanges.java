package io.millrace.broker.catalog;

import io.millrace.model.TopicId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The port that changes what exists. A reply says OK only when the change is committed in the metadata log, fsynced,
/// and visible in this node's [CatalogSource]. Each call's parts succeed or fail one by one, each of them as a whole.
///
/// May be called from any thread; replies arrive on the loop of the caller.
public interface CatalogChanges {
    void createTopics(List<NewTopic> topics, boolean validateOnly, Consumer<List<NewTopicReply>> reply);

    void deleteTopics(List<TopicRef> topics, Consumer<List<DeletedTopicReply>> reply);

    void createPartitions(List<MorePartitions> topics, boolean validateOnly, Consumer<List<Outcome>> reply);

    void alterConfigs(List<ConfigChanges> changes, boolean validateOnly, Consumer<List<Outcome>> reply);

    /// All settings of a resource in name order, or only those named; empty when the resource does not exist.
    Optional<List<ConfigEntry>> describeConfigs(ConfigResource resource, @Nullable List<String> names);

    /// Resources of a kind that carry settings of their own.
    List<ConfigResource> configResources(ConfigResource.Kind kind);

    /// A block of producer ids nobody else will ever get.
    void allocateProducerIds(Consumer<ProducerIdBlock> reply);

    /// @param partitions -1 for the default
    /// @param replicationFactor -1 for the default
    /// @param assignment replicas by partition; empty to let the controller place them
    record NewTopic(
            String name,
            int partitions,
            int replicationFactor,
            Map<Integer, List<Integer>> assignment,
            Map<String, @Nullable String> configs) {}

    /// @param topic the topic as it is (or would be, when only validated); null on error
    record NewTopicReply(
            String name, Outcome outcome, @Nullable TopicView topic) {}

    /// A topic by name or, when the name is empty, by id.
    record TopicRef(String name, TopicId id) {}

    /// @param name empty when an id was asked that nobody has
    record DeletedTopicReply(String name, TopicId id, Outcome outcome) {}

    /// @param total the new number of partitions
    /// @param assignment replicas of each new partition; empty to let the controller place them
    record MorePartitions(String topic, int total, List<List<Integer>> assignment) {}

    /// @param replaceAll the old AlterConfigs: what is not named goes back to its default
    record ConfigChanges(ConfigResource resource, boolean replaceAll, List<ConfigChange> changes) {}

    /// @param value null only for [Operation#DELETE]
    record ConfigChange(
            String name, Operation operation, @Nullable String value) {}

    /// What to do with a setting (IncrementalAlterConfigs).
    enum Operation {
        SET,
        DELETE,
        APPEND,
        SUBTRACT
    }

    /// @param outcome success, or why there is no block
    record ProducerIdBlock(Outcome outcome, long first, int count) {}
}
