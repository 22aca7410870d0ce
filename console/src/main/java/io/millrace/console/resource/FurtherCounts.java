package io.millrace.console.resource;

import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.topology.QueueView;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.port.Tallies;
import io.millrace.console.web.Call;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Asks queues that the snapshot of this node does not know, because they live elsewhere or nobody has used them since
/// the start, how much they hold: one by one, so only where they are few.
record FurtherCounts(QueueAccess queues, ClusterView cluster) {
    static final int ASKED_MAX = 200;

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
    private void ask(List<QueueView> unknown, Consumer<Map<TopicId, QueueCounts>> whenAll) {
        Map<TopicId, QueueCounts> answers = new HashMap<>();
        int[] left = {unknown.size()};
        for (QueueView queue : unknown) {
            queues.queues().counts(queue, false, reply -> {
                if (reply.outcome() == QueueOutcome.DONE) {
                    answers.put(queue.id(), counts(reply));
                }
                if (--left[0] == 0) {
                    whenAll.accept(answers);
                }
            });
        }
    }

    private static QueueCounts counts(CountsReply reply) {
        return new QueueCounts(reply.ready(), 0, reply.unacknowledged(), 0, 0, 0, 0, reply.consumers());
    }
}
