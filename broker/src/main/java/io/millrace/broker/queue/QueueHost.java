package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat.Traits;
import io.millrace.broker.queue.machine.ConsumerKey;
import io.millrace.broker.queue.machine.Effect;
import io.millrace.broker.queue.machine.MessageFacts;
import io.millrace.broker.queue.machine.Purged;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.queue.machine.QueueMachine;
import io.millrace.broker.queue.machine.QueueSettings;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One queue where it lives: keeps its machine in step with its store, its consumers and time. Decides nothing about
/// messages.
///
/// Owned by: the queue's loop. Everything that happens in one turn of the loop is delivered in one later turn.
final class QueueHost implements QueueStore.Owner {
    /// Deliveries in one turn; others on the loop have theirs before the next.
    private static final int DELIVERIES_PER_TURN = 1_000;
    /// Deliveries that wait for their bodies to be read.
    private static final int UNREAD_MAX = 256;

    private final QueueSurroundings around;
    private final QueueMachine machine;
    private final QueueStore store;
    private final Map<ConsumerKey, HostedConsumer> consumers = new LinkedHashMap<>();
    private final Set<HostedConsumer> served = new LinkedHashSet<>();
    private final ArrayDeque<io.millrace.broker.queue.machine.Delivery> unread = new ArrayDeque<>();
    private QueueView view;
    private long nextKey;
    private boolean turnPosted;
    private boolean closed;
    private Loop.@Nullable Timer timer;
    private long timerAtMs = Long.MAX_VALUE;

    QueueHost(QueueView view, QueueSettings settings, QueueSurroundings around) {
        this.view = view;
        this.around = around;
        this.machine = new QueueMachine(settings);
        this.store = new MemoryStore(this, around.memory());
    }

    QueueView view() {
        return view;
    }

    // --- messages in

    void publish(Message message, Publication publication) {
        switch (machine.admit(message.bytes(), now())) {
            case ACCEPTED -> store.append(message, publication);
            case REFUSED -> publication.ended(Publication.End.REFUSED);
            case REFUSED_TO_DEAD_LETTERS -> {
                around.deadLetters().send(view, message, Reason.MAX_LENGTH, () -> {});
                publication.ended(Publication.End.REFUSED);
            }
        }
        later();
    }

    @Override
    public void onStored(long offset, Message message, Publication publication) {
        machine.enqueue(offset, facts(message), now());
        publication.ended(Publication.End.STORED);
        later();
    }

    private MessageFacts facts(Message message) {
        Traits traits = around.formats().traits(message);
        long expiresAtMs = traits.expirationMs() == Traits.NONE
                ? MessageFacts.NEVER
                : message.publishedMs() + traits.expirationMs();
        return new MessageFacts(message.bytes(), expiresAtMs, traits.priority(), message.dueMs());
    }

    @Override
    public void onNotStored(Message message) {
        machine.withdraw(message.bytes());
    }

    // --- consumers

    ConsumerKey newKey() {
        return new ConsumerKey(nextKey++);
    }

    QueueMachine machine() {
        return machine;
    }

    void add(HostedConsumer consumer) {
        consumers.put(consumer.key(), consumer);
        later();
    }

    void remove(ConsumerKey key) {
        machine.remove(key);
        consumers.remove(key);
        later();
    }

    /// Something about the machine changed from outside.
    void later() {
        if (!turnPosted && !closed) {
            turnPosted = true;
            around.loop().post(this::turn);
        }
    }

    /// @return the message, `null` when none is ready or its body has to be read first
    @Nullable
    Delivery get(ConsumerKey getter, boolean autoAck) {
        Optional<io.millrace.broker.queue.machine.Delivery> next = machine.get(getter, autoAck, now());
        if (next.isEmpty()) {
            return null;
        }
        later();
        Message message = store.find(next.get().offset());
        if (message != null && autoAck) {
            store.settled(next.get().offset());
        }
        return message == null ? null : delivery(next.get(), message);
    }

    void settle(ConsumerKey[] holders, long[] offsets, int count, Settlement how) {
        for (int at = 0; at < count; at++) {
            for (ConsumerKey holder : holders) {
                if (settle(holder, offsets[at], how)) {
                    break;
                }
            }
        }
        later();
    }

    private boolean settle(ConsumerKey holder, long offset, Settlement how) {
        var done = switch (how) {
            case ACKNOWLEDGE -> machine.ack(holder, offset);
            case REQUEUE -> machine.reject(holder, offset, true);
            case REJECT -> machine.reject(holder, offset, false);
        };
        boolean isDone = done == io.millrace.broker.queue.machine.Settlement.DONE;
        if (isDone && how == Settlement.ACKNOWLEDGE) {
            store.settled(offset);
        }
        return isDone;
    }

    long purge() {
        Purged purged = machine.purge();
        store.settled(purged.offsets());
        later();
        return purged.messages();
    }

    QueueCounts counts() {
        return machine.counts();
    }

    // --- turns

    private void turn() {
        turnPosted = false;
        if (closed) {
            return;
        }
        long nowMs = now();
        deliverRead();
        int left = DELIVERIES_PER_TURN;
        while (left > 0 && unread.size() < UNREAD_MAX) {
            var next = machine.next(nowMs);
            if (next.isEmpty()) {
                break;
            }
            left--;
            unread.add(next.get());
            deliverRead();
        }
        served.forEach(HostedConsumer::flush);
        served.clear();
        machine.enforce(nowMs);
        machine.drainEffects(this::carryOut);
        if (left == 0) {
            later();
        }
        wakeAt(machine.nextDeadlineMs(), nowMs);
    }

    /// In order: what has to be read holds up what comes behind it.
    private void deliverRead() {
        while (!unread.isEmpty()) {
            var next = unread.element();
            Message message = store.find(next.offset());
            if (message == null) {
                return;
            }
            unread.remove();
            HostedConsumer consumer = consumers.get(next.consumer());
            if (consumer == null) {
                continue; // it went while its message was read: the machine has it back
            }
            consumer.add(delivery(next, message));
            served.add(consumer);
            if (consumer.autoAck()) {
                store.settled(next.offset());
            }
        }
    }

    private static Delivery delivery(io.millrace.broker.queue.machine.Delivery decided, Message message) {
        return new Delivery(decided.offset(), message, decided.redelivered(), decided.deliveryCount());
    }

    @Override
    public void onRead() {
        later();
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Dropped(long offset, Reason _) -> store.settled(offset);
            case Effect.DeadLetter(long offset, Reason reason) -> deadLetter(offset, reason);
        }
    }

    private void deadLetter(long offset, Reason reason) {
        Message message = store.find(offset);
        if (message != null) {
            around.deadLetters().send(view, message, reason, () -> {
                if (!closed) {
                    machine.deadLettered(offset);
                    store.settled(offset);
                    later();
                }
            });
        }
    }

    private void wakeAt(long deadlineMs, long nowMs) {
        if (deadlineMs == timerAtMs) {
            return;
        }
        Loop.Timer before = timer;
        if (before != null) {
            before.cancel();
            timer = null;
        }
        timerAtMs = deadlineMs;
        if (deadlineMs != MessageFacts.NEVER) {
            timer = around.loop().after(Math.max(0, deadlineMs - nowMs), () -> {
                timerAtMs = Long.MAX_VALUE;
                later();
            });
        }
    }

    /// The queue has gone: consumers are told.
    void close() {
        closed = true;
        Loop.Timer pending = timer;
        if (pending != null) {
            pending.cancel();
        }
        consumers.values().forEach(HostedConsumer::cancelled);
        consumers.clear();
        store.close();
    }

    private long now() {
        return around.clock().wallMs();
    }
}
