package io.millrace.broker.queue;

/// How a call on a queue ended.
public enum QueueOutcome {
    DONE,
    /// There is no such queue any more.
    GONE,
    /// Nobody leads it now, or it does not answer: the client may try again.
    UNAVAILABLE,
    /// Somebody consumes exclusively, or wants to and others consume.
    EXCLUSIVE_USE,
    /// if-unused was asked, and it has consumers.
    IN_USE,
    /// if-empty was asked, and it has messages.
    NOT_EMPTY,
    /// The queue can not do this, for example a get on a stream.
    UNSUPPORTED
}
