package io.millrace.broker.queue.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What [QueueMachine] promises, in the plainest words: one list that is searched for everything. It does not know
/// whose turn it is among consumers; it knows which message must come next.
final class NaiveQueue {
    enum Where {
        DELAYED,
        READY,
        UNACKED,
        DEAD,
        SETTLED
    }

    static final class Message {
        final long offset;
        final MessageFacts facts;
        final long appendedAtMs;
        final long expiresAtMs;
        final int level;
        Where where = Where.READY;
        long anchor;
        long turn;

        @Nullable
        ConsumerKey holder;

        @Nullable
        Reason reason;

        boolean redelivered;
        int returns;

        Message(long offset, MessageFacts facts, long nowMs, QueueSettings settings) {
            this.offset = offset;
            this.facts = facts;
            this.appendedAtMs = nowMs;
            this.anchor = offset;
            long ttl = settings.messageTtlMs();
            long inQueueMs = Math.max(nowMs, facts.dueAtMs());
            this.expiresAtMs = ttl == QueueSettings.UNLIMITED
                    ? facts.expiresAtMs()
                    : Math.min(facts.expiresAtMs(), inQueueMs + ttl);
            Priorities priorities = settings.priorities();
            this.level = facts.priority() == MessageFacts.NO_PRIORITY
                    ? priorities.byDefault()
                    : Math.min(facts.priority(), priorities.levels() - 1);
        }

        private Message(Message other) {
            this.offset = other.offset;
            this.facts = other.facts;
            this.appendedAtMs = other.appendedAtMs;
            this.expiresAtMs = other.expiresAtMs;
            this.level = other.level;
            this.where = other.where;
            this.anchor = other.anchor;
            this.turn = other.turn;
            this.holder = other.holder;
            this.reason = other.reason;
            this.redelivered = other.redelivered;
            this.returns = other.returns;
        }
    }

    private static final Comparator<Message> ORDER = Comparator.comparingInt((Message message) -> -message.level)
            .thenComparingLong(message -> message.anchor)
            .thenComparingLong(message -> message.turn);

    final List<Message> messages = new ArrayList<>();
    final List<Effect> effects = new ArrayList<>();
    QueueSettings settings;
    private long turns;

    NaiveQueue(QueueSettings settings) {
        this.settings = settings;
    }

    NaiveQueue copy() {
        NaiveQueue copy = new NaiveQueue(settings);
        messages.forEach(message -> copy.messages.add(new Message(message)));
        copy.turns = turns;
        return copy;
    }

    long end() {
        return messages.isEmpty() ? 0 : messages.getLast().offset + 1;
    }

    long firstUnsettled() {
        return all(message -> message.where != Where.SETTLED).stream()
                .mapToLong(message -> message.offset)
                .min()
                .orElse(end());
    }

    List<Message> all(Predicate<Message> wanted) {
        return messages.stream().filter(wanted).toList();
    }

    List<Message> in(Where where) {
        return all(message -> message.where == where);
    }

    long bytes(Where where) {
        return in(where).stream().mapToLong(message -> message.facts.bytes()).sum();
    }

    Optional<Message> held(ConsumerKey holder, long offset) {
        return all(message ->
                        message.where == Where.UNACKED && message.offset == offset && holder.equals(message.holder))
                .stream()
                .findFirst();
    }

    Admission admit(int bytes, long inFlight, long inFlightBytes) {
        boolean fits = in(Where.READY).size() + inFlight < settings.lengthMax()
                && bytes(Where.READY) + inFlightBytes + bytes <= settings.bytesMax();
        if (fits || settings.overflow() == Overflow.DROP_HEAD) {
            return Admission.ACCEPTED;
        }
        return settings.overflow() == Overflow.REJECT_PUBLISH_DLX && settings.deadLetters()
                ? Admission.REFUSED_TO_DEAD_LETTERS
                : Admission.REFUSED;
    }

    void enqueue(long offset, MessageFacts facts, long nowMs) {
        mature(nowMs);
        Message message = new Message(offset, facts, nowMs, settings);
        message.where = facts.dueAtMs() > nowMs ? Where.DELAYED : Where.READY;
        messages.add(message);
    }

    void mature(long nowMs) {
        List<Message> due =
                new ArrayList<>(all(message -> message.where == Where.DELAYED && message.facts.dueAtMs() <= nowMs));
        due.sort(Comparator.comparingLong((Message message) -> message.facts.dueAtMs())
                .thenComparingLong(message -> message.offset));
        for (Message message : due) {
            message.where = Where.READY;
            message.anchor = end() - 1;
            message.turn = ++turns;
        }
    }

    Optional<Message> head() {
        return in(Where.READY).stream().min(ORDER);
    }

    /// The head that may be delivered; what expired before it is given up.
    Optional<Message> next(long nowMs) {
        mature(nowMs);
        Optional<Message> head = head();
        while (head.isPresent() && head.get().expiresAtMs < nowMs) {
            giveUp(head.get(), Reason.EXPIRED);
            head = head();
        }
        return head;
    }

    void expire(long untilMs) {
        for (Message message : all(each -> each.where == Where.READY && each.expiresAtMs <= untilMs)) {
            giveUp(message, Reason.EXPIRED);
        }
    }

    void enforce(long nowMs) {
        mature(nowMs);
        expire(nowMs);
        while (settings.overflow() == Overflow.DROP_HEAD
                && head().isPresent()
                && (in(Where.READY).size() > settings.lengthMax() || bytes(Where.READY) > settings.bytesMax())) {
            giveUp(head().get(), Reason.MAX_LENGTH);
        }
    }

    void giveUp(Message message, Reason reason) {
        message.holder = null;
        if (settings.deadLetters()) {
            message.where = Where.DEAD;
            message.reason = reason;
            effects.add(new Effect.DeadLetter(message.offset, reason));
        } else {
            message.where = Where.SETTLED;
            effects.add(new Effect.Dropped(message.offset, reason));
        }
    }

    void deliver(Message message, ConsumerKey taker, boolean noAck) {
        message.where = noAck ? Where.SETTLED : Where.UNACKED;
        message.holder = noAck ? null : taker;
    }

    void putBack(Message message) {
        message.holder = null;
        message.redelivered = true;
        message.returns++;
        if (message.returns > settings.deliveryLimit()) {
            giveUp(message, Reason.DELIVERY_LIMIT);
        } else {
            message.where = Where.READY;
        }
    }

    long putBackAll(ConsumerKey holder) {
        List<Message> held = all(message -> holder.equals(message.holder));
        held.forEach(this::putBack);
        return held.size();
    }

    long purge() {
        List<Message> ready = in(Where.READY);
        ready.forEach(message -> message.where = Where.SETTLED);
        return ready.size();
    }

    /// The process dies and comes back, knowing this state.
    void restart(Restart restart) {
        for (Message message : messages) {
            switch (message.where) {
                case UNACKED -> putBack(message);
                case DEAD -> giveUp(message, message.reason == null ? Reason.REJECTED : message.reason);
                case DELAYED, READY, SETTLED -> {}
            }
            message.redelivered |= restart == Restart.CRASHED;
        }
    }
}
