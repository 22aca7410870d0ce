package io.millrace.server.amqp;

import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.Loop;
import java.util.function.Consumer;

/// Changes as sessions of one loop ask for them. That a connection has gone is said until somebody has decided it:
/// nobody else would say it again, and the names of its queues would stay locked.
///
/// Owned by: that loop.
final class LastingChanges implements TopologyChanges {
    private static final long AGAIN_MS = 1_000;

    private final Loop loop;
    private final TopologyChanges changes;

    LastingChanges(Loop loop, TopologyChanges changes) {
        this.loop = loop;
        this.changes = changes;
    }

    @Override
    public void submit(TopologyChange change, Consumer<TopologyReply> reply) {
        if (change instanceof TopologyChange.ConnectionGone) {
            changes.submit(change, answer -> {
                if (answer instanceof TopologyReply.Failed) {
                    loop.after(AGAIN_MS, () -> submit(change, reply));
                } else {
                    reply.accept(answer);
                }
            });
        } else {
            changes.submit(change, reply);
        }
    }

    @Override
    public void whenKnown(Runnable turn) {
        changes.whenKnown(turn);
    }
}
