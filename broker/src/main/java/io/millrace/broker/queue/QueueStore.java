package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.OffsetRanges;
import org.jspecify.annotations.Nullable;

/// Where one queue keeps its messages.
///
/// Owned by: the queue's loop.
interface QueueStore {
    /// Whom the store tells. Called in a turn of the queue's loop, for [#append] perhaps before it returns.
    interface Owner {
        /// A message is as safe as it will be; messages are told in the order they were appended.
        void onStored(long offset, Message message, Publication publication);

        /// It is not, or nobody knows; the publisher was told.
        void onNotStored(Message message);

        /// Bodies that were read are there: what [#find] did not know may be known now.
        void onRead();
    }

    void append(Message message, Publication publication);

    /// A message that is not settled; `null` when it has to be read, which begins: [Owner#onRead] tells.
    @Nullable
    Message find(long offset);

    /// Nobody will ask for it again.
    void settled(long offset);

    /// Nobody will ask for these again.
    void settled(OffsetRanges offsets);

    /// The queue has gone, or lives elsewhere from now on: nothing is told any more.
    void close();
}
