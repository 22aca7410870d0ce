package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.queue.QueueSite.Fate;
import io.millrace.broker.queue.QueueWhereabouts.Place;
import io.millrace.broker.topology.QueueView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What one loop publishes to one queue, in order, wherever the queue is. Messages go out as they come; when one of
/// them finds no queue, all behind it come back too, and they are sent again from there. Nothing goes to another node
/// as long as something is unanswered by the one before.
///
/// A message that was not stored for certain waits for a leader; one of unknown fate is its publisher's to send again.
///
/// Owned by: one [ClusterQueues].
final class PublishRoute implements ClusterQueues.Waiter {
    private static final int UNKNOWN = -1;

    private final QueueView queue;
    private final ClusterQueues around;
    private final ArrayDeque<Item> waiting = new ArrayDeque<>();
    private final List<Item> refused = new ArrayList<>();
    private int node = UNKNOWN;
    private int attempt;
    private int underWay;
    private boolean looking;
    private boolean used;

    PublishRoute(QueueView queue, ClusterQueues around) {
        this.queue = queue;
        this.around = around;
    }

    /// One message on its way.
    private final class Item implements Consumer<Fate> {
        private static final long UNSET = Long.MIN_VALUE;

        private final Message message;
        private final Publication publication;
        private long deadlineMs = UNSET;

        Item(Message message, Publication publication) {
            this.message = message;
            this.publication = publication;
        }

        @Override
        public void accept(Fate fate) {
            underWay--;
            switch (fate) {
                case STORED -> publication.ended(Publication.End.STORED);
                case REFUSED -> publication.ended(Publication.End.REFUSED);
                case FAILED -> publication.ended(Publication.End.FAILED);
                case NOT_HERE -> refused.add(this);
            }
            if (underWay == 0 && (!refused.isEmpty() || !waiting.isEmpty())) {
                onAnswered();
            }
        }

        boolean isTooLate() {
            if (deadlineMs == UNSET) {
                deadlineMs = around.deadlineMs();
            }
            return around.nowMs() >= deadlineMs;
        }
    }

    void publish(Message message, Publication publication) {
        used = true;
        Item item = new Item(message, publication);
        if (node != UNKNOWN && waiting.isEmpty() && refused.isEmpty()) {
            send(item);
        } else {
            waiting.add(item);
            if (underWay == 0 && refused.isEmpty()) {
                look();
            }
        }
    }

    private void send(Item item) {
        underWay++;
        around.site(node).publish(queue, attempt, item.message, item);
    }

    /// Nothing is on its way any more.
    private void onAnswered() {
        if (refused.isEmpty()) {
            look();
            return;
        }
        node = UNKNOWN;
        attempt++;
        for (Item item : refused.reversed()) {
            waiting.addFirst(item);
        }
        refused.clear();
        if (around.placeOf(queue) instanceof Place.OnNode) {
            expireOrWait();
        } else {
            look();
        }
    }

    /// Since none waits longer than those before it, the first in time is the first in order.
    private void expireOrWait() {
        while (!waiting.isEmpty() && waiting.element().isTooLate()) {
            waiting.remove().publication.ended(Publication.End.FAILED);
        }
        if (!waiting.isEmpty()) {
            around.await(this);
        }
    }

    @Override
    public void look() {
        if (looking || underWay > 0 || waiting.isEmpty()) {
            return; // whoever is under way looks when it is answered
        }
        looking = true;
        switch (around.placeOf(queue)) {
            case Place.OnNode(int nodeId) -> {
                node = nodeId;
                while (!waiting.isEmpty() && refused.isEmpty() && node == nodeId) {
                    send(waiting.remove());
                }
            }
            case Place.Nowhere _ -> expireOrWait();
            case Place.Away _ -> endAll(Publication.End.NOWHERE);
            case Place.Gone _ -> endAll(Publication.End.FAILED);
        }
        looking = false;
    }

    private void endAll(Publication.End end) {
        for (Item item = waiting.poll(); item != null; item = waiting.poll()) {
            item.publication.ended(end);
        }
    }

    /// The next message asks where the queue is.
    void onMoved() {
        if (node != UNKNOWN && !around.placeOf(queue).equals(new Place.OnNode(node))) {
            node = UNKNOWN;
        }
        look();
    }

    /// Whether nothing is on its way, and nothing was sent since this was last asked.
    boolean isIdle() {
        boolean wasUsed = used;
        used = false;
        return !wasUsed && underWay == 0 && waiting.isEmpty();
    }
}
