package io.millrace.amqp.session;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Commit;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One commit on its way (ADR 0040). What is one step of one log anyway, or touches none, goes there by itself; all
/// else becomes one record in this node's commit queue, whose host does what it says.
///
/// Owned by: one connection's loop.
final class Committing {
    private final AmqpChannel channel;
    private final List<Publisher.Routed> messages;
    private final DurableSettlements settled;
    /// Messages on their way into logs, each as often as there are logs.
    private final long logged;

    Committing(AmqpChannel channel, List<Publisher.Routed> messages, DurableSettlements settled) {
        this.channel = channel;
        this.messages = messages;
        this.settled = settled;
        this.logged = messages.stream()
                .mapToLong(message -> channel.publisher().logs(message))
                .sum();
    }

    private boolean isOneStep() {
        return logged <= 1 && settled.queueCount() == 0 || logged == 0 && settled.queueCount() == 1;
    }

    /// What its record comes to; 0 when none is needed.
    long recordBytes() {
        return isOneStep() ? 0 : parts().bytes();
    }

    private Commit parts() {
        return new Commit(messages.stream().map(Publisher.Routed::part).toList(), settled.parts());
    }

    /// @param ended called once: whether all is done, or will be
    void start(Consumer<Boolean> ended) {
        if (!isOneStep()) {
            record(ended);
            return;
        }
        publish(isDone -> {
            if (isDone && settled.queueCount() > 0) {
                settle(ended);
            } else {
                ended.accept(isDone);
            }
        });
    }

    private void publish(Consumer<Boolean> then) {
        // One more than there are messages: the answer waits until all were handed over.
        Count count = new Count(messages.size() + 1, then);
        messages.forEach(message -> channel.publisher().hand(message, count));
        count.ended(End.STORED);
    }

    private void settle(Consumer<Boolean> ended) {
        Message order = settled.order().toMessage(channel.ports().clock().wallMs());
        channel.ports().queues().publish(settled.queue(), order, end -> ended.accept(end.isConfirmed()));
    }

    private void record(Consumer<Boolean> ended) {
        Optional<QueueView> known = commitQueue();
        if (known.isPresent()) {
            record(known.get(), ended);
            return;
        }
        int nodeId = channel.ports().nodeId();
        TopologyChange declare = new TopologyChange.DeclareQueue(
                CommitQueue.of(channel.connection().vhostName(), nodeId), nodeId, Optional.empty());
        channel.ports().changes().submit(declare, reply -> declared(reply, ended));
    }

    private void declared(TopologyReply reply, Consumer<Boolean> ended) {
        Optional<QueueView> queue = reply instanceof TopologyReply.Done ? commitQueue() : Optional.empty();
        if (queue.isPresent()) {
            record(queue.get(), ended);
        } else {
            recorded(End.FAILED, ended);
        }
    }

    private Optional<QueueView> commitQueue() {
        VhostName name = channel.connection().vhostName();
        return channel.ports()
                .topology()
                .topology()
                .vhost(name)
                .flatMap(vhost ->
                        vhost.anyQueue(CommitQueue.nameOf(channel.ports().nodeId())));
    }

    private void record(QueueView queue, Consumer<Boolean> ended) {
        Message record = parts().toMessage(channel.ports().clock().wallMs());
        int bytes = record.bytes();
        Inflow inflow = channel.connection().inflow();
        inflow.publishing(bytes);
        channel.ports().queues().publish(queue, record, end -> {
            inflow.published(bytes);
            recorded(end, ended);
        });
    }

    private void recorded(End end, Consumer<Boolean> ended) {
        boolean isDone = end.isConfirmed();
        if (!isDone) {
            messages.forEach(Publisher.Routed::failed);
        }
        ended.accept(isDone);
    }

    /// Waits for all messages of a transaction.
    private static final class Count implements Publication {
        private final Consumer<Boolean> whenAll;
        private int left;
        private boolean failed;

        Count(int left, Consumer<Boolean> whenAll) {
            this.left = left;
            this.whenAll = whenAll;
        }

        @Override
        public void ended(End end) {
            failed |= !end.isConfirmed();
            if (--left == 0) {
                whenAll.accept(!failed);
            }
        }
    }
}
