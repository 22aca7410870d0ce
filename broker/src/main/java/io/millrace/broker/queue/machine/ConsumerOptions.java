package io.millrace.broker.queue.machine;

/// How a consumer wants its messages.
///
/// @param prefetch how many it may hold unsettled, or [#UNLIMITED]
/// @param noAck whether a delivery settles the message; prefetch has no meaning then
/// @param exclusive whether it wants to be the only consumer
/// @param priority consumers of a higher one are served first while they have room
public record ConsumerOptions(int prefetch, boolean noAck, boolean exclusive, int priority) {
    /// No limit.
    public static final int UNLIMITED = 0;

    public ConsumerOptions {
        if (prefetch < 0) {
            throw new IllegalArgumentException("prefetch " + prefetch);
        }
    }

    /// A consumer that acknowledges and may hold that many messages.
    public static ConsumerOptions prefetching(int messages) {
        return new ConsumerOptions(messages, false, false, 0);
    }

    /// A consumer that never acknowledges.
    public static ConsumerOptions withoutAcks() {
        return new ConsumerOptions(UNLIMITED, true, false, 0);
    }

    public ConsumerOptions exclusively() {
        return new ConsumerOptions(prefetch, noAck, true, priority);
    }

    public ConsumerOptions withPriority(int wanted) {
        return new ConsumerOptions(prefetch, noAck, exclusive, wanted);
    }
}
