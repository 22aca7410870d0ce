package io.millrace.broker.queue.machine;

import io.millrace.testkit.SeededRandomness;
import java.util.List;

/// Queues of all kinds, under policies of all kinds, and what they are sent.
final class AnyQueue {
    private AnyQueue() {}

    static QueueSettings of(SeededRandomness random) {
        Priorities priorities = switch (random.nextInt(4)) {
            case 0 -> Priorities.upTo(random.between(1, 9));
            case 1 -> Priorities.STRICT;
            default -> Priorities.NONE;
        };
        return underAnyPolicy(
                random,
                QueueSettings.PLAIN
                        .withPriorities(priorities)
                        .withMessageTtlMs(random.onceIn(3) ? random.between(0, 300) : QueueSettings.UNLIMITED)
                        .withSingleActive(random.onceIn(4)));
    }

    static QueueSettings underAnyPolicy(SeededRandomness random, QueueSettings settings) {
        Overflow overflow = random.pick(List.of(Overflow.values()));
        return settings.withLengthMax(random.onceIn(3) ? random.nextInt(300) : QueueSettings.UNLIMITED, overflow)
                .withBytesMax(random.onceIn(4) ? random.nextInt(5_000) : QueueSettings.UNLIMITED, overflow)
                .withDeliveryLimit(random.onceIn(3) ? random.nextInt(3) : QueueSettings.UNLIMITED)
                .withDeadLetters(random.nextBoolean());
    }

    /// Anything somebody may publish now.
    static MessageFacts message(SeededRandomness random, long nowMs, boolean mayBeDelayed) {
        return new MessageFacts(
                random.onceIn(3) ? 10 : random.nextInt(100),
                random.onceIn(4) ? nowMs + random.nextInt(400) : MessageFacts.NEVER,
                random.onceIn(2) ? MessageFacts.NO_PRIORITY : random.nextInt(40),
                mayBeDelayed && random.onceIn(3) ? nowMs + random.nextInt(300) : MessageFacts.AT_ONCE);
    }
}
