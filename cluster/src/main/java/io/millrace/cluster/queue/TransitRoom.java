package io.millrace.cluster.queue;

/// The port to this node's memory for messages between nodes: those other nodes publish here until their fate is known,
/// and what is delivered from there until it is whole. May be called from any loop.
///
/// Separate from the room of this node's own publishers, whose messages may wait for another node: two nodes would wait
/// for each other otherwise. What is in here waits for logs and for frames that were sent already.
public interface TransitRoom {
    /// Takes room for a large message that is about to arrive. There always is some for one, however large; who was
    /// refused first is next.
    ///
    /// @param connection whose message it is; it asks again until there is room, or [#leave]s
    /// @return false when it has to wait
    boolean takeLarge(Object connection, long octets);

    /// Octets of large messages, more of them or, when negative, less: more without asking is for who has some of a
    /// unit that is not whole, which is how it gets done with them.
    void large(long octets);

    /// Octets of messages that are not large, more of them or, when negative, less.
    void small(long octets);

    /// Whether there is so much that who has some of it is not read.
    boolean isFull();

    /// A connection asks no more.
    void leave(Object connection);
}
