package io.millrace.amqp.session;

/// The port to the node's memory, as far as publishers fill it. May be called from any loop.
public interface Memory {
    /// Whether publishers have to wait: queues hold as much as they may. Consumers never wait for this.
    boolean isScarce();

    /// Octets of messages that are arriving and not yet whole, more of them or, when negative, less.
    ///
    /// @return false when these are too many for this node; they count all the same until they are taken back
    boolean arriving(int bytes);
}
