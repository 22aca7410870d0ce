package io.millrace.cluster.queue;

import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.topology.QueueView;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What another node holds of this one's queues by one connection. Deliveries that it has not taken yet are bounded by
/// pausing the holds that bring more.
///
/// Owned by: one [QueueDesk].
final class LentHolds {
    private final QueueSite queues;
    private final Consumer<LinkNotice> line;
    private final Map<Integer, Held> holds = new LinkedHashMap<>();
    private final Set<Held> heldBack = new LinkedHashSet<>();
    private long untakenOctets;

    /// @param line takes what is said to the other node
    LentHolds(QueueSite queues, Consumer<LinkNotice> line) {
        this.queues = queues;
        this.line = line;
    }

    /// A hold by its number.
    private final class Held {
        private final int number;
        private final Hold hold;
        private boolean paused;

        Held(int number, QueueView queue) {
            this.number = number;
            this.hold = queues.hold(queue, this::lost);
        }

        private void lost() {
            if (holds.remove(number, this)) {
                heldBack.remove(this);
                line.accept(new LinkNotice.Lost(number));
            }
        }

        void pause(boolean pausing) {
            paused = pausing;
            if (!heldBack.contains(this)) {
                hold.pause(pausing);
            }
        }

        void holdBack() {
            if (heldBack.add(this) && !paused) {
                hold.pause(true);
            }
        }

        void letGo() {
            if (!paused) {
                hold.pause(false);
            }
        }
    }

    /// @param queue empty while this node has not heard of it
    void open(int number, Optional<QueueView> queue) {
        if (queue.isEmpty()) {
            line.accept(new LinkNotice.Lost(number));
        } else {
            holds.put(number, new Held(number, queue.get()));
        }
    }

    void with(int number, Consumer<Hold> work) {
        Held held = holds.get(number);
        if (held != null) {
            work.accept(held.hold);
        }
    }

    void pause(int number, boolean paused) {
        Held held = holds.get(number);
        if (held != null) {
            held.pause(paused);
        }
    }

    void consume(int number, int call, ConsumerSpec spec) {
        Held held = holds.get(number);
        if (held == null) {
            line.accept(new LinkNotice.Ended(call, QueueOutcome.UNAVAILABLE));
        } else {
            held.hold.consume(
                    spec, new Wire(held, spec.tag()), outcome -> line.accept(new LinkNotice.Ended(call, outcome)));
        }
    }

    void cancel(int number, int call, String tag) {
        Held held = holds.get(number);
        if (held == null) {
            line.accept(new LinkNotice.Ended(call, QueueOutcome.DONE));
        } else {
            held.hold.cancel(tag, () -> line.accept(new LinkNotice.Ended(call, QueueOutcome.DONE)));
        }
    }

    void get(int number, int call, boolean autoAck) {
        Held held = holds.get(number);
        if (held == null) {
            line.accept(new LinkNotice.Got(call, QueueOutcome.UNAVAILABLE, null, 0));
            return;
        }
        held.hold.get(autoAck, (outcome, delivery, readyAfter) -> {
            if (delivery != null) {
                untaken(held, delivery);
            }
            line.accept(new LinkNotice.Got(call, outcome, delivery, readyAfter));
        });
    }

    void close(int number) {
        Held held = holds.remove(number);
        if (held != null) {
            heldBack.remove(held);
            held.hold.close();
        }
    }

    /// Where deliveries for one consumer of the other node go.
    private final class Wire implements QueueConsumer {
        private final Held held;
        private final String tag;

        Wire(Held held, String tag) {
            this.held = held;
            this.tag = tag;
        }

        @Override
        public void deliver(List<Delivery> deliveries) {
            deliveries.forEach(delivery -> untaken(held, delivery));
            line.accept(new LinkNotice.Delivered(held.number, tag, deliveries));
        }

        @Override
        public void cancelled() {
            held.lost();
        }
    }

    private void untaken(Held held, Delivery delivery) {
        untakenOctets += (long) delivery.message().bytes() + LinkPace.MESSAGE_OVERHEAD;
        if (untakenOctets > LinkPace.DELIVERY_WINDOW) {
            held.holdBack();
        }
    }

    /// The other node has taken so much of what was delivered.
    void credit(long octets) {
        untakenOctets -= octets;
        if (untakenOctets < LinkPace.DELIVERY_WINDOW / 2 && !heldBack.isEmpty()) {
            List<Held> all = List.copyOf(heldBack);
            heldBack.clear();
            all.forEach(Held::letGo);
        }
    }

    /// All of it goes back.
    void closeAll() {
        List<Held> all = List.copyOf(holds.values());
        holds.clear();
        heldBack.clear();
        all.forEach(held -> held.hold.close());
    }
}
