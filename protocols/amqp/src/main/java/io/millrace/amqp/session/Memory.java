package io.millrace.amqp.session;

/// The port to what publishers fill: this node's memory, and what nodes of the cluster are short of. May be called from
/// any loop.
public interface Memory {
    /// Whether a disk of any node is nearly full or refuses writes: publishers have to wait. Consumers never wait for
    /// this. Asked with every message.
    boolean isDiskFull();

    /// Whether publishers have to wait: queues of any node hold as much as they may. Consumers never wait for this.
    boolean isScarce();

    /// Octets of messages that are arriving and not yet whole, or wait for a commit, more of them or, when negative,
    /// less.
    ///
    /// @return false when these are too many for this node; they count all the same until they are taken back
    boolean arriving(long bytes);

    /// Whether a connection with messages that are arriving may be read: when too many are, one may at a time, so that
    /// somebody always finishes.
    boolean mayFinish(Object connection);

    /// A connection has no messages that are arriving any more, or its client has stopped in the middle of one.
    void finished(Object connection);

    /// Octets of messages that have arrived and are not yet stored, more of them or, when negative, less.
    void underWay(long bytes);

    /// Whether more is under way than this node may hold: who has some of it is not read.
    boolean isCrowded();
}
