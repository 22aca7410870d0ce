package io.millrace.console.resource;

import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.Tallies;
import io.millrace.console.web.Call;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Asks queues that the snapshot of this node does not know, because they live elsewhere or nobody has used them since
/// the start, how much they hold: one by one, so only where they are few. Those that load or stand still are waited for
/// so long, and are not known then.
record FurtherCounts(QueueAccess queues, ClusterView cluster, long msMax) {
    static final int ASKED_MAX = 200;

    /// For a list and for one queue: long enough for a queue to be loaded, and short enough for monitoring that asks
    /// just when a node with queues of its own died.
    static final long MS_MAX = 3_000;

    /// @param rest goes on with what is known then
    void ask(Call call, Collection<QueueView> wanted, Tallies latest, Call.Rest<Tallies> rest) {
        ask(wanted, latest, call.later(rest));
    }

    /// @param then goes on with what is known then, on any thread
    void ask(Collection<QueueView> wanted, Tallies latest, Consumer<Tallies> then) {
        List<QueueView> unknown = unknown(wanted, latest);
        if (unknown.isEmpty() || unknown.size() > ASKED_MAX) {
            then.accept(latest);
        } else {
            queues.loop().post(() -> ask(unknown, answers -> then.accept(latest.with(answers))));
        }
    }

    private List<QueueView> unknown(Collection<QueueView> wanted, Tallies latest) {
        List<QueueView> unknown = new ArrayList<>();
        for (QueueView queue : wanted) {
            if (unknown.size() <= ASKED_MAX
                    && latest.of(queue).isEmpty()
                    && cluster.home(queue).isPresent()) {
                unknown.add(queue);
            }
        }
        return unknown;
    }

    /// Called on the loop of the queues' user, where the answers arrive too.
    private void ask(List<QueueView> unknown, Consumer<Map<TopicId, QueueCounts>> then) {
        Answers answers = new Answers(unknown.size(), then);
        answers.deadline = queues.loop().after(msMax, answers::end);
        for (QueueView queue : unknown) {
            queues.queues().counts(queue, false, reply -> answers.add(queue.id(), reply));
        }
    }

    /// What came, until all did or the time is over. Owned by: the loop of the queues' user.
    private static final class Answers {
        private final Map<TopicId, QueueCounts> known = new HashMap<>();
        private final Consumer<Map<TopicId, QueueCounts>> then;
        private Loop.Timer deadline = () -> {};
        private int missing;
        private boolean isOver;

        Answers(int missing, Consumer<Map<TopicId, QueueCounts>> then) {
            this.missing = missing;
            this.then = then;
        }

        void add(TopicId queue, CountsReply reply) {
            if (isOver) {
                return;
            }
            if (reply.outcome() == QueueOutcome.DONE) {
                known.put(queue, counts(reply));
            }
            if (--missing == 0) {
                end();
            }
        }

        void end() {
            isOver = true;
            deadline.cancel();
            then.accept(known);
        }
    }

    private static QueueCounts counts(CountsReply reply) {
        return new QueueCounts(reply.ready(), 0, reply.unacknowledged(), 0, 0, 0, 0, reply.consumers());
    }
}
