package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import java.nio.ByteBuffer;
import java.util.List;

/// How a queue's log is written down. Stateless; every loop may share one.
public interface QueueRecordCodec {
    /// One batch with these messages in this order. Never empty.
    ByteBuffer encode(List<Message> messages);

    /// One control batch, which consumers of the log do not see.
    ByteBuffer encodeCheckpoint(Checkpoint checkpoint, long wallMs);

    /// Reads whole batches.
    ///
    /// @param fromOffset records below it are passed over
    /// @return the offset behind the last batch, or `fromOffset`
    long decode(ByteBuffer batches, long fromOffset, Messages messages);

    /// Reads nothing but checkpoints, without looking into batches that can be none.
    ///
    /// @return the offset behind the last batch, or `fromOffset`
    long decodeCheckpoints(ByteBuffer batches, long fromOffset, Checkpoints checkpoints);

    /// Takes messages, in the order of the log.
    @FunctionalInterface
    interface Messages {
        void message(long offset, Message message);
    }

    /// Takes checkpoints, in the order of the log.
    @FunctionalInterface
    interface Checkpoints {
        /// @param end the offset behind it
        void checkpoint(long end, Checkpoint checkpoint);
    }
}
