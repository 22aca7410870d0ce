package io.millrace.broker.queue.machine;

/// What the machine needs to know of a message; everything else stays in the log.
///
/// @param bytes what it counts for in limits and counts
/// @param expiresAtMs when it may no longer be delivered, or [#NEVER]; the queue's own TTL is reckoned by the machine
/// @param priority as the publisher named it, or [#NO_PRIORITY]
/// @param dueAtMs not to be delivered before, or [#AT_ONCE]
public record MessageFacts(int bytes, long expiresAtMs, int priority, long dueAtMs) {
    /// No time at all.
    public static final long NEVER = Long.MAX_VALUE;
    /// The publisher named no priority.
    public static final int NO_PRIORITY = -1;
    /// Not delayed.
    public static final long AT_ONCE = 0;

    public MessageFacts {
        if (bytes < 0 || priority < NO_PRIORITY || dueAtMs < AT_ONCE) {
            throw new IllegalArgumentException("bytes " + bytes + ", priority " + priority + ", due at " + dueAtMs);
        }
    }

    /// A message without expiry, priority or delay.
    public static MessageFacts ofBytes(int bytes) {
        return new MessageFacts(bytes, NEVER, NO_PRIORITY, AT_ONCE);
    }
}
