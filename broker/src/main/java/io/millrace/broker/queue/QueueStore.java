package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.broker.queue.machine.Snapshot;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Where one queue keeps its messages.
///
/// Owned by: the queue's loop.
interface QueueStore {
    /// Whom the store tells. Called in a turn of the queue's loop, for [#append] perhaps before it returns.
    interface Owner {
        /// A message is the queue's, at this offset; messages are told in the order they were appended. Its publisher
        /// is told by the store, when it is as safe as it will be.
        void onPlaced(long offset, Message message);

        /// It is not, or nobody knows; the publisher was told.
        void onNotStored(Message message);

        /// Bodies that were read are there: what [#find] did not know may be known now.
        void onRead();

        /// Which messages may be asked for, as things are now.
        LongPredicate wanted();

        /// No message from `first` to before `end` can be had any more: the log is damaged where they were.
        ///
        /// @return how many of them somebody waited for
        int onLost(long first, long end);

        /// What must outlive the process, as things are now.
        Snapshot snapshot();
    }

    void append(Message message, Publication publication);

    /// A message that is not settled; `null` when it has to be read, which begins: [Owner#onRead] tells.
    @Nullable
    Message find(long offset);

    /// Nobody will ask for it again.
    void settled(long offset);

    /// Nobody will ask for these again.
    void settled(OffsetRanges offsets);

    /// Something befell messages that a restart should know of.
    void touched();

    /// Tells when all that was settled, or befell messages, until now will outlive the process: STORED, or FAILED when
    /// nobody knows.
    void whenNoted(Publication publication);

    /// Behind the last message that was placed and may still turn up, or not, in the queue's next life; 0 without one.
    default long unsafeEnd() {
        return 0;
    }

    /// Whether the messages are this node's to give away now. If not, it will learn why, or may again.
    default boolean mayAct() {
        return true;
    }

    /// The queue has gone, or lives elsewhere from now on: nothing is told any more.
    void close();

    /// The node stops: what is on its way is brought home first, and written down how things stand.
    void closeInOrder(Runnable done);
}
