package io.millrace.broker.queue;

/// What went through a queue since it is in use on this node. Immutable; what is delivered counts when it is decided.
///
/// @param published that the queue has taken
/// @param delivered to consumers that acknowledge
/// @param deliveredNoAck to consumers that do not
/// @param got by `basic.get`, to be acknowledged
/// @param gotNoAck by `basic.get`, without
/// @param redelivered of all these, those that somebody may have seen before
public record QueueTraffic(
        long published,
        long delivered,
        long deliveredNoAck,
        long got,
        long gotNoAck,
        long redelivered,
        long acknowledged) {
    public static final QueueTraffic NONE = new QueueTraffic(0, 0, 0, 0, 0, 0, 0);

    public QueueTraffic plus(QueueTraffic other) {
        return new QueueTraffic(
                published + other.published,
                delivered + other.delivered,
                deliveredNoAck + other.deliveredNoAck,
                got + other.got,
                gotNoAck + other.gotNoAck,
                redelivered + other.redelivered,
                acknowledged + other.acknowledged);
    }

    /// All that left the queue for somebody.
    public long handedOut() {
        return delivered + deliveredNoAck + got + gotNoAck;
    }
}
