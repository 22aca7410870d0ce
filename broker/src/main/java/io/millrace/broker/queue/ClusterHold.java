package io.millrace.broker.queue;

import io.millrace.broker.queue.QueueWhereabouts.Place;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ArgumentValue;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A channel's hold on a queue wherever it is: a series of lives, each a hold at the node that has the queue then. When
/// one is lost its consumers go on in the next; what they had unsettled comes again, and settling it late changes
/// nothing.
///
/// Invariant: an offset handed out names the life it was delivered in, in the bits above those a log's offsets use; in
/// the first life these are zero.
///
/// Owned by: one [ClusterQueues].
final class ClusterHold implements Hold, ClusterQueues.Waiter {
    static final int OFFSET_BITS = 48;
    static final int LIVES_MAX = (1 << Long.SIZE - OFFSET_BITS - 1) - 1;

    private static final long OFFSETS = (1L << OFFSET_BITS) - 1;
    private static final String CANCEL_ON_FAILOVER = "x-cancel-on-ha-failover";

    private final QueueView queue;
    private final ClusterQueues around;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final ArrayDeque<Getting> gets = new ArrayDeque<>();
    /// Those of the members that the present life does not know yet.
    private final ArrayDeque<Member> unasked = new ArrayDeque<>();
    private @Nullable Attached attached;
    private int life;
    private int limit = UNLIMITED;
    private boolean paused;
    private boolean looking;
    private boolean lookAgain;
    private boolean closed;

    ClusterHold(QueueView queue, ClusterQueues around) {
        this.queue = queue;
        this.around = around;
        around.opened(this, queue);
    }

    private record Attached(int nodeId, Hold hold) {}

    /// A consumer as the channel wants it.
    private final class Member {
        private final ConsumerSpec spec;
        private final QueueConsumer consumer;
        private @Nullable Consumer<QueueOutcome> reply;
        private long deadlineMs = around.deadlineMs();
        private boolean asked;

        Member(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
            this.spec = spec;
            this.consumer = consumer;
            this.reply = reply;
        }

        /// It has consumed before.
        boolean isOld() {
            return reply == null;
        }

        boolean endsWithLeader() {
            return spec.arguments().find(CANCEL_ON_FAILOVER).orElse(null) instanceof ArgumentValue.Bool(boolean value)
                    && value;
        }

        /// Answers whether somebody waited for that.
        boolean answer(QueueOutcome outcome) {
            Consumer<QueueOutcome> waiting = reply;
            reply = null;
            if (waiting != null) {
                waiting.accept(outcome);
            }
            return waiting != null;
        }

        /// It goes, and hears why in the way it can.
        void end(QueueOutcome why) {
            members.remove(spec.tag(), this);
            if (!answer(why)) {
                consumer.cancelled();
            }
        }
    }

    private final class Getting {
        private final boolean autoAck;
        private final GetReply reply;
        private final long deadlineMs = around.deadlineMs();
        private boolean asked;

        Getting(boolean autoAck, GetReply reply) {
            this.autoAck = autoAck;
            this.reply = reply;
        }

        void end(QueueOutcome why) {
            gets.remove(this);
            reply.got(why, null, 0);
        }
    }

    @Override
    public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
        Member member = new Member(spec, consumer, reply);
        members.put(spec.tag(), member);
        unasked.add(member);
        look();
    }

    @Override
    public void get(boolean autoAck, GetReply reply) {
        gets.add(new Getting(autoAck, reply));
        look();
    }

    /// Brings everything to the queue that was not brought there yet.
    @Override
    public void look() {
        if (looking) {
            lookAgain = true; // an answer came before its question was through
            return;
        }
        looking = true;
        do {
            lookAgain = false;
            lookOnce();
        } while (lookAgain);
        looking = false;
        if (attached == null && hasWork()) {
            around.await(this);
        }
    }

    private void lookOnce() {
        if (closed) {
            return;
        }
        if (attached == null && hasWork()) {
            attach();
        }
        Attached now = attached;
        if (now != null) {
            bring(now, life);
        }
    }

    private boolean hasWork() {
        return !members.isEmpty() || !gets.isEmpty();
    }

    private void attach() {
        switch (around.placeOf(queue)) {
            case Place.OnNode(int nodeId) -> {
                int begun = life;
                Hold hold = around.site(nodeId).hold(queue, () -> lost(begun));
                if (begun != life) {
                    return;
                }
                attached = new Attached(nodeId, hold);
                if (limit != UNLIMITED) {
                    hold.limit(limit);
                }
                if (paused) {
                    hold.pause(true);
                }
            }
            case Place.Nowhere _ -> expire();
            case Place.Away _ -> endAll(QueueOutcome.UNAVAILABLE);
            case Place.Gone _ -> endAll(QueueOutcome.GONE);
        }
    }

    private void bring(Attached to, int now) {
        for (int left = unasked.size(); left > 0 && now == life; left--) {
            Member member = unasked.remove();
            if (members.get(member.spec.tag()) == member) {
                member.asked = true;
                to.hold.consume(member.spec, new Wire(member, now), outcome -> onConsume(member, now, outcome));
            }
        }
        for (Getting get : List.copyOf(gets)) {
            if (now == life && !get.asked) {
                get.asked = true;
                to.hold.get(
                        get.autoAck, (outcome, delivery, readyAfter) -> onGet(get, now, outcome, delivery, readyAfter));
            }
        }
    }

    private void onConsume(Member member, int now, QueueOutcome outcome) {
        if (members.get(member.spec.tag()) != member) {
            member.answer(outcome); // cancelled meanwhile
            return;
        }
        if (now != life) {
            return;
        }
        switch (outcome) {
            case DONE -> member.answer(outcome);
            case UNAVAILABLE, GONE -> lost(now);
            default -> {
                if (member.isOld() && around.nowMs() < member.deadlineMs) {
                    // The place may still be taken by what the consumer was before.
                    member.asked = false;
                    unasked.add(member);
                    around.await(this);
                } else {
                    member.end(outcome);
                }
            }
        }
    }

    private void onGet(Getting get, int now, QueueOutcome outcome, @Nullable Delivery delivery, long readyAfter) {
        if (now != life) {
            return;
        }
        if (outcome == QueueOutcome.UNAVAILABLE || outcome == QueueOutcome.GONE) {
            lost(now);
        } else {
            gets.remove(get);
            get.reply.got(outcome, delivery == null ? null : named(delivery, now), readyAfter);
        }
    }

    /// What goes to one consumer in one life.
    private final class Wire implements QueueConsumer {
        private final Member member;
        private final int ownLife;

        Wire(Member member, int ownLife) {
            this.member = member;
            this.ownLife = ownLife;
        }

        @Override
        public void deliver(List<Delivery> deliveries) {
            if (ownLife == life) {
                member.consumer.deliver(
                        ownLife == 0
                                ? deliveries
                                : deliveries.stream()
                                        .map(each -> named(each, ownLife))
                                        .toList());
            }
        }

        @Override
        public void cancelled() {
            lost(ownLife);
        }
    }

    private Delivery named(Delivery delivery, int now) {
        return now == 0
                ? delivery
                : new Delivery(
                        (long) now << OFFSET_BITS | delivery.offset(),
                        delivery.message(),
                        delivery.redelivered(),
                        delivery.deliveryCount());
    }

    /// That life is over. The next one begins a little later, when the queue has come to rest. What is still on its way
    /// to the old hold is to take nothing for it: the queue may come to that node just then.
    private void lost(int over) {
        if (over != life || closed) {
            return;
        }
        life++;
        Attached old = attached;
        attached = null;
        if (old != null) {
            old.hold.close();
        }
        for (Member member : List.copyOf(members.values())) {
            member.asked = false;
            if (member.isOld()) {
                member.deadlineMs = around.deadlineMs();
                if (life > LIVES_MAX || member.endsWithLeader()) {
                    member.end(QueueOutcome.UNAVAILABLE);
                }
            }
        }
        unasked.clear();
        unasked.addAll(members.values());
        gets.forEach(get -> get.asked = false);
        if (around.placeOf(queue) instanceof Place.OnNode) {
            expire();
            if (hasWork()) {
                around.await(this);
            }
        } else {
            look();
        }
    }

    /// Who asked for something waits for so long only; who has consumed, until there is a leader.
    private void expire() {
        long nowMs = around.nowMs();
        for (Member member : List.copyOf(members.values())) {
            if (!member.isOld() && nowMs >= member.deadlineMs) {
                member.end(QueueOutcome.UNAVAILABLE);
            }
        }
        for (Getting get : List.copyOf(gets)) {
            if (nowMs >= get.deadlineMs) {
                get.end(QueueOutcome.UNAVAILABLE);
            }
        }
    }

    private void endAll(QueueOutcome why) {
        List.copyOf(members.values()).forEach(member -> member.end(why));
        List.copyOf(gets).forEach(get -> get.end(why));
    }

    /// The queue may be elsewhere now.
    void onMoved() {
        Attached now = attached;
        if (now != null && !(around.placeOf(queue) instanceof Place.OnNode(int nodeId) && nodeId == now.nodeId)) {
            lost(life);
            look();
        }
    }

    @Override
    public void cancel(String consumerTag, Runnable reply) {
        Member member = members.remove(consumerTag);
        Attached now = attached;
        if (member != null && member.asked && now != null) {
            now.hold.cancel(consumerTag, reply);
        } else {
            if (member != null) {
                member.answer(QueueOutcome.UNAVAILABLE);
            }
            reply.run();
        }
    }

    @Override
    public void settle(long[] offsets, int count, Settlement settlement) {
        Attached now = attached;
        if (now == null) {
            return;
        }
        if (life == 0) {
            now.hold.settle(offsets, count, settlement);
            return;
        }
        long[] current = Arrays.stream(offsets, 0, count)
                .filter(offset -> offset >>> OFFSET_BITS == life)
                .map(offset -> offset & OFFSETS)
                .toArray();
        if (current.length > 0) {
            now.hold.settle(current, current.length, settlement);
        }
    }

    @Override
    public long current(long offset) {
        return offset >>> OFFSET_BITS == life ? offset & OFFSETS : -1;
    }

    @Override
    public void limit(int unsettled) {
        limit = unsettled;
        Attached now = attached;
        if (now != null) {
            now.hold.limit(unsettled);
        }
    }

    @Override
    public void pause(boolean pausing) {
        paused = pausing;
        Attached now = attached;
        if (now != null) {
            now.hold.pause(pausing);
        }
    }

    @Override
    public void close() {
        closed = true;
        around.closed(this, queue);
        members.clear();
        unasked.clear();
        gets.clear();
        Attached now = attached;
        if (now != null) {
            now.hold.close();
        }
    }
}
