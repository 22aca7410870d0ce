package io.millrace.broker.queue;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One channel's use of one queue. What was delivered through it, to consumers or by [#get], is its own until settled;
/// closing gives the rest back to the queue.
///
/// Used on the loop it was opened on.
public interface Hold {
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

    /// Further deliveries of all consumers of this hold wait, or go on: the channel's common prefetch is used up, its
    /// flow is off, or its socket is slow.
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
