package io.millrace.broker.queue.machine;

/// How many priorities a queue tells apart, and which one a message has that names none. Priorities above the highest
/// count as the highest.
///
/// @param levels how many there are, 1 to 256; with 1 every message is alike
/// @param byDefault the priority of a message that names none
public record Priorities(int levels, int byDefault) {
    private static final int LEVELS_MAX = 256;

    /// First come, first served.
    public static final Priorities NONE = new Priorities(1, 0);
    /// What RabbitMQ's quorum queues do since 4.3: 0 to 31, and 4 for those that name none.
    public static final Priorities STRICT = new Priorities(32, 4);

    public Priorities {
        if (levels < 1 || levels > LEVELS_MAX || byDefault < 0 || byDefault >= levels) {
            throw new IllegalArgumentException(levels + " levels, default " + byDefault);
        }
    }

    /// What RabbitMQ's classic queues do: `x-max-priority` names the highest, and a message that names none has 0.
    public static Priorities upTo(int highest) {
        return new Priorities(highest + 1, 0);
    }

    /// The level a message of that priority waits in.
    int levelOf(int priority) {
        return priority == MessageFacts.NO_PRIORITY ? byDefault : Math.min(priority, levels - 1);
    }
}
