package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueWhereabouts.Place;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.topology.QueueView;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// One question to a queue, asked until somebody answers who has it. Asking twice does no harm.
///
/// Owned by: one [ClusterQueues].
final class Question implements ClusterQueues.Waiter {
    private final QueueView queue;
    private final ClusterQueues around;
    private final BiConsumer<QueueSite, Consumer<CountsReply>> question;
    private final Consumer<CountsReply> reply;
    private final long deadlineMs;

    Question(
            QueueView queue,
            ClusterQueues around,
            BiConsumer<QueueSite, Consumer<CountsReply>> question,
            Consumer<CountsReply> reply) {
        this.queue = queue;
        this.around = around;
        this.question = question;
        this.reply = reply;
        this.deadlineMs = around.deadlineMs();
    }

    @Override
    public void look() {
        switch (around.placeOf(queue)) {
            case Place.OnNode(int nodeId) -> question.accept(around.site(nodeId), this::onAnswer);
            case Place.Nowhere _ -> again();
            case Place.Away _ -> end(QueueOutcome.UNAVAILABLE);
            case Place.Gone _ -> end(QueueOutcome.GONE);
        }
    }

    /// Only this node's own knowledge says whether the queue has gone: the other one may be behind.
    private void onAnswer(CountsReply answer) {
        switch (answer.outcome()) {
            case UNAVAILABLE, GONE -> again();
            default -> reply.accept(answer);
        }
    }

    private void again() {
        if (around.placeOf(queue) instanceof Place.Gone) {
            end(QueueOutcome.GONE);
        } else if (around.nowMs() >= deadlineMs) {
            end(QueueOutcome.UNAVAILABLE);
        } else {
            around.await(this);
        }
    }

    private void end(QueueOutcome outcome) {
        reply.accept(new CountsReply(outcome, 0, 0, 0));
    }
}
