package io.millrace.broker.queue;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One channel's use of one queue. What was delivered through it, to consumers or by [#get], is its own until settled;
/// closing gives the rest back to the queue.
///
/// Used on the loop it was opened on.
public interface Hold {
    /// No limit to what consumers have unsettled together.
    int UNLIMITED = Integer.MAX_VALUE;

    /// Adds a consumer; deliveries follow the reply.
    void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply);

    /// The consumer gets nothing more after the reply; what it has unsettled stays with the hold.
    void cancel(String consumerTag, Runnable reply);

    /// Takes one message, if there is one.
    ///
    /// @param reply with an outcome, and when that is DONE a delivery or `null`
    void get(boolean autoAck, GetReply reply);

    /// Settles deliveries of this hold by their offsets. Unknown ones are ignored: the channel knows its tags.
    ///
    /// @param offsets the first `count` of these
    void settle(long[] offsets, int count, Settlement settlement);

    /// Where the log has a delivery of this hold, by its offset; -1 when settling it would change nothing any more.
    default long current(long offset) {
        return offset;
    }

    /// No more than so many deliveries to all consumers of this hold together are unsettled at a time, cancelled ones
    /// counted; further messages stay in the queue. Consumers that settle by taking, and gets, are outside of it. What
    /// is above a new, lower limit already stays where it is.
    ///
    /// @param unsettled or [#UNLIMITED], as at the start
    void limit(int unsettled);

    /// Further deliveries of all consumers of this hold wait, or go on: the channel has as much unsettled as it may, or
    /// its socket is slow.
    void pause(boolean paused);

    /// Requeues everything unsettled and removes the consumers.
    void close();

    /// Hears what a [Hold#get] brought.
    @FunctionalInterface
    interface GetReply {
        /// @param readyAfter how many more are ready
        void got(QueueOutcome outcome, @Nullable Delivery delivery, long readyAfter);
    }
}
