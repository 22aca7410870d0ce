package io.millrace.broker.stream;

import io.millrace.broker.message.Message;
import java.nio.ByteBuffer;
import java.util.List;

/// How messages stand in a stream's log, whoever wrote them. Stateless; every loop may share one.
public interface StreamCodec {
    /// One batch with these messages in this order. Never empty.
    ByteBuffer encode(List<Message> messages);

    /// The partition of messages with this key, as Kafka's default partitioner chooses it.
    ///
    /// @param routingKey not empty: a message without a key may go anywhere
    int partitionOf(String routingKey, int partitions);

    /// Reads whole batches, and stops behind the message with which `bytesMax` is reached.
    ///
    /// @param fromOffset records below it are passed over
    /// @return the offset to go on from; `fromOffset` when there is no batch
    long decode(ByteBuffer batches, long fromOffset, int bytesMax, Messages messages);

    /// Takes messages, in the order of the log.
    @FunctionalInterface
    interface Messages {
        void message(long offset, Message message);
    }
}
