package io.millrace.cluster.queue;

/// What a loop of one node has a line to another one for. Messages may have to wait for room there, for as long as a
/// disk or a majority is away; consumers are never to wait for that, so they have a line of their own.
public enum LineUse {
    /// Publishes, and direct replies.
    MESSAGES,
    /// Holds and all that is done with them, and questions about queues.
    HOLDS
}
