package io.millrace.broker.topology;

import io.millrace.model.TopicId;
import java.util.Optional;

/// A queue that exists.
///
/// @param id tells apart two queues that had the same name one after the other
/// @param owner the connection it is exclusive to
/// @param policy the names of policy and operator policy in force, and what they say together with the arguments
public record QueueView(QueueSpec spec, TopicId id, Home home, Optional<ConnectionId> owner, EffectivePolicy policy) {
    /// Where its messages are.
    public sealed interface Home {
        /// In partition 0 of a topic: durable, and led where that partition is led.
        record OnLog(String topic, TopicId topicId) implements Home {}

        /// In the memory of one life of one node, and gone with it.
        record InMemory(int nodeId, long nodeEpoch) implements Home {}
    }

    public QueueRef ref() {
        return spec.ref();
    }
}
