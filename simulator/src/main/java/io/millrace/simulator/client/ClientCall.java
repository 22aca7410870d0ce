package io.millrace.simulator.client;

import io.millrace.broker.partition.Acks;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;

/// What a client asks of a node.
public sealed interface ClientCall {
    /// @param batch the node's to keep and patch
    record Produce(TopicPartition partition, ByteBuffer batch, Acks acks, long timeoutMs) implements ClientCall {}

    /// @param leaderEpoch the leadership the client believes in (KIP-320)
    record Fetch(TopicPartition partition, long offset, int leaderEpoch, long maxWaitMs) implements ClientCall {}
}
