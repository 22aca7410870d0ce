package io.millrace.broker.queue;

/// Hears what became of one message in one queue. Called once, on the publisher's loop.
@FunctionalInterface
public interface Publication {
    Publication UNHEARD = end -> {};

    void ended(End end);

    /// What became of it.
    enum End {
        /// As safe as the queue is: on disk on all replicas in sync, or in memory.
        STORED,
        /// The queue is full and refuses (`reject-publish`).
        REFUSED,
        /// Not known to be stored: the leader changed, the disk refused, the queue has gone.
        FAILED,
        /// The topic can never take it as it is: it is too large, or has no key where one is needed.
        UNFIT,
        /// The queue was in the memory of a node that is out of reach: it and what it held are as good as deleted, and
        /// the message is treated as if nothing had been bound.
        NOWHERE;

        /// Whether all was done with the message that there was to do, so that its publisher may forget it.
        public boolean isConfirmed() {
            return this == STORED || this == NOWHERE;
        }
    }
}
