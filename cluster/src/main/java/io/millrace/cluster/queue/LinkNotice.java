package io.millrace.cluster.queue;

import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite.Fate;
import io.millrace.broker.queue.Queues.CountsReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a node that has queues says to the one that asks. The numbers are those of [LinkOrder].
sealed interface LinkNotice {
    /// What became of `count` messages from the `first` of the connection on.
    record Fates(long first, int count, Fate fate) implements LinkNotice {}

    record Counted(int call, CountsReply reply) implements LinkNotice {}

    /// A consumer began, or was refused; a cancellation is done.
    record Ended(int call, QueueOutcome outcome) implements LinkNotice {}

    record Got(int call, QueueOutcome outcome, @Nullable Delivery delivery, long readyAfter) implements LinkNotice {}

    record Delivered(int hold, String tag, List<Delivery> deliveries) implements LinkNotice {}

    /// The queue is not what it was: nothing more comes by this hold.
    record Lost(int hold) implements LinkNotice {}

    record Pong() implements LinkNotice {}
}
