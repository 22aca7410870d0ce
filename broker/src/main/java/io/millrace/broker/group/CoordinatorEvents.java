package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.Map;

/// The port for what operators may want to read. Called on the loop of the shard; must not block.
public interface CoordinatorEvents {
    void group(GroupEvent event);

    /// @param skipped records that were not understood, by kind
    void loaded(TopicPartition partition, int groups, int offsets, Map<String, Integer> skipped);

    /// Loading is tried again after a while.
    void loadFailed(TopicPartition partition, ErrorKind error);

    /// The shard is built anew from its log.
    void unloaded(TopicPartition partition, String why);
}
