package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.Loop;
import java.util.List;
import java.util.function.Consumer;

/// The queues of this node, as seen from one of its loops: by the connections of that loop together, or by one link
/// from another node.
///
/// Owned by: that loop.
public final class LocalQueues implements QueueSite {
    private final List<QueueShard> shards;
    private final QueuePlaces places;
    private final TopologyChanges changes;
    private final Courier[] there;
    private final Courier[] back;

    /// Each belongs to the loop of its shard.
    private final PublishGate[] gates;

    /// @param loop the loop of the connections that use it
    /// @param shards one for each loop, by its number
    public LocalQueues(Loop loop, List<QueueShard> shards, QueuePlaces places, TopologyChanges changes) {
        this.shards = List.copyOf(shards);
        this.places = places;
        this.changes = changes;
        this.there = new Courier[shards.size()];
        this.back = new Courier[shards.size()];
        this.gates = new PublishGate[shards.size()];
        for (int at = 0; at < there.length; at++) {
            there[at] = new Courier(loop, shards.get(at).loop());
            back[at] = new Courier(shards.get(at).loop(), loop);
            gates[at] = new PublishGate();
        }
    }

    @Override
    public void publish(QueueView queue, int attempt, Message message, Consumer<Fate> fate) {
        int home = places.loopOf(queue);
        Courier way = back[home];
        there[home].send(() -> {
            PublishGate gate = gates[home];
            if (gate.isShut(queue.id(), attempt)) {
                way.send(() -> fate.accept(Fate.NOT_HERE));
                return;
            }
            shards.get(home)
                    .use(queue, host -> host.publish(message, end -> way.send(() -> fate.accept(of(end)))), _ -> {
                        gate.shut(queue.id(), attempt);
                        way.send(() -> fate.accept(Fate.NOT_HERE));
                    });
        });
    }

    private static Fate of(Publication.End end) {
        return switch (end) {
            case STORED -> Fate.STORED;
            case REFUSED -> Fate.REFUSED;
            case FAILED, UNFIT, NOWHERE -> Fate.FAILED;
        };
    }

    @Override
    public Hold hold(QueueView queue, Runnable onLost) {
        int home = places.loopOf(queue);
        return new LocalHold(queue, shards.get(home), there[home], back[home], onLost);
    }

    @Override
    public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
        ask(queue, reply, host -> {
            if (isUse) {
                host.use();
            }
            return reply(QueueOutcome.DONE, host.counts());
        });
    }

    @Override
    public void purge(QueueView queue, Consumer<CountsReply> reply) {
        ask(queue, reply, host -> {
            QueueCounts counts = host.counts();
            return new CountsReply(QueueOutcome.DONE, host.purge(), counts.unacked(), counts.consumers());
        });
    }

    private interface Question {
        CountsReply ask(QueueHost host);
    }

    private void ask(QueueView queue, Consumer<CountsReply> reply, Question question) {
        int home = places.loopOf(queue);
        Consumer<CountsReply> answer = counts -> back[home].send(() -> reply.accept(counts));
        there[home].send(() -> shards.get(home)
                .use(
                        queue,
                        host -> answer.accept(question.ask(host)),
                        outcome -> answer.accept(new CountsReply(outcome, 0, 0, 0))));
    }

    private static CountsReply reply(QueueOutcome outcome, QueueCounts counts) {
        return new CountsReply(outcome, counts.ready(), counts.unacked(), counts.consumers());
    }

    @Override
    public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        Consumer<CountsReply> decided = counts -> {
            if (counts.outcome() == QueueOutcome.DONE) {
                remove(queue, counts, reply);
            } else {
                reply.accept(counts);
            }
        };
        int home = places.loopOf(queue);
        Consumer<CountsReply> answer = counts -> back[home].send(() -> decided.accept(counts));
        there[home].send(() -> shards.get(home).leave(queue, ifUnused, ifEmpty, answer));
    }

    private void remove(QueueView queue, CountsReply counts, Consumer<CountsReply> reply) {
        int home = places.loopOf(queue);
        changes.submit(new TopologyChange.DeleteQueue(queue.ref(), queue.id()), done -> {
            if (done instanceof TopologyReply.Done) {
                reply.accept(counts);
            } else {
                there[home].send(() -> shards.get(home).stay(queue));
                reply.accept(new CountsReply(QueueOutcome.UNAVAILABLE, 0, 0, 0));
            }
        });
    }
}
