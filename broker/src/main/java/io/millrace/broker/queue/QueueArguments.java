package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.Overflow;
import io.millrace.broker.queue.machine.Priorities;
import io.millrace.broker.queue.machine.QueueSettings;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import java.util.Optional;

/// What a queue's arguments and policies mean for its machine: of a limit that both name, the smaller one counts; of
/// anything else the argument.
final class QueueArguments {
    private static final int PRIORITY_MAX = 255;

    private QueueArguments() {}

    static QueueSettings settings(QueueView queue) {
        if (DelayQueue.is(queue) || CommitQueue.is(queue)) {
            return QueueSettings.forwarding();
        }
        return QueueSettings.PLAIN
                .withMessageTtlMs(limit(queue, "message-ttl"))
                .withLengthMax(limit(queue, "max-length"), overflow(queue))
                .withBytesMax(limit(queue, "max-length-bytes"), overflow(queue))
                .withPriorities(priorities(queue))
                .withDeliveryLimit(queue.spec().type() == QueueType.QUORUM ? limit(queue, "delivery-limit") : NONE)
                .withDeadLetters(text(queue, "dead-letter-exchange").isPresent())
                .withSingleActive(
                        argument(queue, "single-active-consumer") instanceof ArgumentValue.Bool(boolean is) && is);
    }

    /// No limit.
    static final long NONE = QueueSettings.UNLIMITED;

    /// After how long without use the queue goes, or [#NONE].
    static long expiresMs(QueueView queue) {
        return limit(queue, "expires");
    }

    /// Whether something happens to the queue, or in it, although nobody uses it. Streams keep time in their logs.
    static boolean isTimed(QueueView queue) {
        if (queue.spec().type() == QueueType.STREAM) {
            return false;
        }
        return DelayQueue.is(queue)
                || CommitQueue.is(queue)
                || limit(queue, "message-ttl") != NONE
                || (expiresMs(queue) != NONE && queue.owner().isEmpty());
    }

    /// Whether a dead letter that a full queue refuses is kept and offered again, as RabbitMQ's quorum queues do it.
    static boolean isDeadLetteredAtLeastOnce(QueueView queue) {
        return queue.spec().type() == QueueType.QUORUM
                && overflow(queue) == Overflow.REJECT_PUBLISH
                && text(queue, "dead-letter-strategy")
                        .filter("at-least-once"::equals)
                        .isPresent();
    }

    private static long limit(QueueView queue, String name) {
        return Math.min(whole(argument(queue, name)), whole(policy(queue, name)));
    }

    private static long whole(ArgumentValue value) {
        return value instanceof ArgumentValue.Whole whole && whole.value() >= 0 ? whole.value() : NONE;
    }

    /// An argument or, where there is none, the policy's word.
    static Optional<String> text(QueueView queue, String name) {
        ArgumentValue own = argument(queue, name);
        ArgumentValue value = own instanceof ArgumentValue.Nothing ? policy(queue, name) : own;
        return value instanceof ArgumentValue.Text text ? Optional.of(text.asString()) : Optional.empty();
    }

    private static ArgumentValue argument(QueueView queue, String name) {
        return queue.spec().arguments().find("x-" + name).orElse(new ArgumentValue.Nothing());
    }

    private static ArgumentValue policy(QueueView queue, String name) {
        return queue.policy().definition().find(name).orElse(new ArgumentValue.Nothing());
    }

    private static Overflow overflow(QueueView queue) {
        return switch (text(queue, "overflow").orElse("")) {
            case "reject-publish" -> Overflow.REJECT_PUBLISH;
            case "reject-publish-dlx" -> Overflow.REJECT_PUBLISH_DLX;
            default -> Overflow.DROP_HEAD;
        };
    }

    private static Priorities priorities(QueueView queue) {
        long highest = whole(argument(queue, "max-priority"));
        return highest == NONE ? Priorities.NONE : Priorities.upTo((int) Math.min(highest, PRIORITY_MAX));
    }
}
