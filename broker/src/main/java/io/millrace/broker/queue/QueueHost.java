package io.millrace.broker.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.machine.ConsumerKey;
import io.millrace.broker.queue.machine.Effect;
import io.millrace.broker.queue.machine.MessageFacts;
import io.millrace.broker.queue.machine.Purged;
import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.queue.machine.QueueMachine;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.queue.machine.Snapshot;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// One queue where it lives: keeps its machine in step with its store, its consumers and time. Decides nothing about
/// messages.
///
/// Owned by: the queue's loop. Everything that happens in one turn of the loop is delivered in one later turn.
final class QueueHost implements QueueStore.Owner {
    /// Deliveries in one turn; others on the loop have theirs before the next.
    private static final int DELIVERIES_PER_TURN = 1_000;

    /// A node that is cut off may not hear for long: who asks for a message is told that there is none.
    private static final long GET_MS_MAX = 10_000;

    private final QueueSurroundings around;
    private final QueueMachine machine;
    private final QueueStore store;
    private final Duplicates duplicates;
    private final Handout handout;
    private final List<PostponedGet> postponed = new ArrayList<>();
    private final OutgoingLetters letters;
    private final Commits commits;
    private final SettleOrders orders;
    private final QueueDisuse disuse;
    private final QueueMeter meter = new QueueMeter();
    /// Whose deliveries count against a limit of their hold.
    private final Map<ConsumerKey, HostedHold> limited = new HashMap<>();

    private QueueView view;
    private long nextKey;
    /// Messages on their way into the store.
    private int appending;
    private boolean turnPosted;
    private boolean closed;
    private Loop.@Nullable Timer timer;
    private long timerAtMs = Long.MAX_VALUE;

    /// @param machine open, perhaps with messages
    QueueHost(
            QueueView view,
            QueueMachine machine,
            QueueSurroundings around,
            Duplicates duplicates,
            Function<QueueStore.Owner, QueueStore> storeOf) {
        this.view = view;
        this.around = around;
        this.machine = machine;
        this.duplicates = duplicates;
        this.store = storeOf.apply(this);
        this.handout = new Handout(store, this::settled, this::arrived);
        this.commits = new Commits(view, around, store);
        this.letters = new OutgoingLetters(
                view.ref(),
                store,
                around.logs().events(),
                commits.areHere() ? Commits.BOUNDS : OutgoingLetters.BOUNDS,
                this::send);
        this.orders = new SettleOrders(machine, store, now(), this::taken, this::acknowledged);
        this.disuse = new QueueDisuse(view, around);
        later();
    }

    boolean isClosed() {
        return closed;
    }

    /// Policies changed.
    void change(QueueView now) {
        view = now;
        machine.change(QueueArguments.settings(now));
        disuse.changed(now);
        later();
    }

    /// Somebody declared it.
    void use() {
        disuse.used();
    }

    // --- messages in

    void publish(Message message, Publication publication) {
        if (message.format() == FormatId.BROKER) {
            orders.carryOut(message, publication);
            later();
            return;
        }
        if (duplicates.isDuplicate(message, publication)) {
            return;
        }
        switch (machine.admit(message.body().length, now())) {
            case ACCEPTED -> {
                appending++;
                store.append(message, commits.caller(message, duplicates.first(message, publication)));
            }
            case REFUSED -> publication.ended(Publication.End.REFUSED);
            case REFUSED_TO_DEAD_LETTERS -> {
                // not ours to keep: as in RabbitMQ it is lost where it can not go
                around.deadLetters().send(view, message, Reason.MAX_LENGTH, Set.of(), _ -> {});
                publication.ended(Publication.End.REFUSED);
            }
        }
        later();
    }

    @Override
    public void onPlaced(long offset, Message message) {
        appending--;
        machine.enqueue(offset, around.facts(view, message), now());
        if (!commits.areHere()) {
            meter.published();
        }
        duplicates.placed(offset, message);
        commits.placed(offset, message);
        later();
    }

    @Override
    public void onNotStored(Message message) {
        appending--;
        machine.withdraw(message.body().length);
    }

    @Override
    public Snapshot snapshot() {
        return machine.snapshot();
    }

    // --- consumers

    ConsumerKey newKey() {
        return new ConsumerKey(nextKey++);
    }

    QueueMachine machine() {
        return machine;
    }

    void add(HostedConsumer consumer) {
        handout.add(consumer);
        consumersChanged();
    }

    /// It gets nothing more, and keeps what it has.
    void cancel(ConsumerKey key) {
        machine.cancel(key);
        consumersChanged();
    }

    void remove(ConsumerKey key) {
        if (machine.remove(key) > 0) {
            store.touched();
        }
        limited.remove(key);
        postponed.removeIf(get -> get.getter.equals(key));
        handout.remove(key);
        consumersChanged();
    }

    /// Whether it has something to settle, or gets something that is being read.
    boolean owes(ConsumerKey key) {
        return machine.held(key) > 0 || handout.isReadingFor(key);
    }

    /// Its hold hears when it got something.
    void limited(ConsumerKey key, HostedHold hold) {
        limited.put(key, hold);
    }

    void unlimited(ConsumerKey[] keys) {
        for (ConsumerKey key : keys) {
            limited.remove(key);
        }
    }

    private void shareLimit(ConsumerKey changed) {
        HostedHold hold = limited.get(changed);
        if (hold != null) {
            hold.shareLimit();
        }
    }

    /// It is settled, and nobody's any more: nor is it waited for, by who had not got it yet.
    private void taken(ConsumerKey holder, long offset) {
        shareLimit(holder);
        var gets = handout.lost(offset, offset + 1).gets();
        gets.forEach(get -> postponed.add(new PostponedGet(holder, get.autoAck(), get.taker(), now() + GET_MS_MAX)));
    }

    private void consumersChanged() {
        disuse.consumers(machine.counts().consumers());
        later();
    }

    /// Something about the machine changed from outside.
    void later() {
        if (!turnPosted && !closed) {
            turnPosted = true;
            around.loop().post(this::turn);
        }
    }

    /// Whether this node leads it for certain.
    boolean mayAct() {
        return store.mayAct();
    }

    /// One that waits until this node knows whether it still leads the queue.
    private record PostponedGet(
            ConsumerKey getter, boolean autoAck, Consumer<@Nullable Delivery> taker, long untilMs) {}

    private void giveUpGets(long nowMs) {
        List<PostponedGet> late =
                postponed.stream().filter(get -> get.untilMs <= nowMs).toList();
        postponed.removeAll(late);
        late.forEach(get -> get.taker.accept(null));
    }

    private void getPostponed() {
        if (!postponed.isEmpty()) {
            List<PostponedGet> all = List.copyOf(postponed);
            postponed.clear();
            all.forEach(get -> get(get.getter, get.autoAck, get.taker));
        }
    }

    /// @param taker hears the message when it is read, `null` when none is ready or the queue went
    void get(ConsumerKey getter, boolean autoAck, Consumer<@Nullable Delivery> taker) {
        disuse.used();
        if (!store.mayAct()) {
            postponed.add(new PostponedGet(getter, autoAck, taker, now() + GET_MS_MAX));
            later();
            return;
        }
        Optional<io.millrace.broker.queue.machine.Delivery> next = machine.get(getter, autoAck, now());
        if (next.isEmpty()) {
            taker.accept(null);
            return;
        }
        meter.got(autoAck, next.get().redelivered());
        handout.get(next.get(), autoAck, taker);
        later();
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
            acknowledged(offset);
        } else if (isDone) {
            store.touched();
        }
        return isDone;
    }

    long purge() {
        Purged purged = machine.purge();
        store.settled(purged.offsets());
        duplicates.settled(purged.offsets());
        later();
        return purged.messages();
    }

    QueueCounts counts() {
        return machine.counts();
    }

    QueueTraffic traffic() {
        return meter.traffic();
    }

    /// Whether it may be deleted: the outcome is DONE, or which condition forbids it.
    CountsReply mayLeave(boolean ifUnused, boolean ifEmpty) {
        QueueCounts counts = machine.counts();
        boolean isEmpty = appending == 0 && counts.ready() + counts.unacked() + counts.delayed() == 0;
        QueueOutcome outcome = QueueOutcome.DONE;
        if (ifUnused && counts.consumers() > 0) {
            outcome = QueueOutcome.IN_USE;
        } else if (ifEmpty && !isEmpty) {
            outcome = QueueOutcome.NOT_EMPTY;
        }
        return new CountsReply(outcome, counts.ready(), counts.unacked(), counts.consumers());
    }

    // --- turns

    private void turn() {
        turnPosted = false;
        if (closed) {
            return;
        }
        long nowMs = now();
        if (!store.mayAct()) {
            giveUpGets(nowMs);
            around.standstill().add(this);
            wakeAt(postponed.isEmpty() ? MessageFacts.NEVER : postponed.getFirst().untilMs, nowMs);
            return;
        }
        getPostponed();
        handout.getRead();
        handout.deliverRead();
        int left = DELIVERIES_PER_TURN;
        while (left > 0 && handout.hasRoom()) {
            var next = machine.next(nowMs);
            if (next.isEmpty()) {
                break;
            }
            left--;
            meter.delivered(
                    handout.isAutomatic(next.get().consumer()), next.get().redelivered());
            handout.deliver(next.get());
            shareLimit(next.get().consumer());
        }
        handout.flush();
        machine.enforce(nowMs);
        machine.drainEffects(this::carryOut);
        letters.send(nowMs);
        if (left == 0) {
            later();
        }
        wakeAt(Math.min(machine.nextDeadlineMs(), letters.wakeMs(nowMs)), nowMs);
    }

    @Override
    public void onRead() {
        later();
    }

    @Override
    public LongPredicate wanted() {
        Set<Long> waiting = handout.unread();
        return offset -> machine.holds(offset) || waiting.contains(offset);
    }

    @Override
    public int onLost(long first, long end) {
        var lost = handout.lost(first, end);
        for (var delivery : lost.deliveries()) {
            machine.ack(delivery.consumer(), delivery.offset());
            shareLimit(delivery.consumer());
            settled(delivery.offset());
        }
        List<Long> lostLetters = letters.lost(first, end);
        for (long offset : lostLetters) {
            machine.deadLettered(offset);
            settled(offset);
            commits.lost(offset);
        }
        for (var get : lost.gets()) {
            machine.ack(get.decided().consumer(), get.decided().offset());
            settled(get.decided().offset());
            get(get.decided().consumer(), get.autoAck(), get.taker());
        }
        later();
        return lost.deliveries().size() + lost.gets().size() + lostLetters.size();
    }

    /// Called at a connection, which may be on another loop.
    private void arrived(int bytes) {
        around.loop().run(() -> {
            boolean waited = !handout.hasRoom();
            handout.arrived(bytes);
            if (waited) {
                later();
            }
        });
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Dropped(long offset, Reason _) -> settled(offset);
            case Effect.DeadLetter(long offset, Reason reason) -> letters.add(offset, reason);
        }
    }

    private void acknowledged(long offset) {
        meter.acknowledged();
        settled(offset);
    }

    private void settled(long offset) {
        store.settled(offset);
        duplicates.settled(offset);
    }

    private void send(OutgoingLetters.Letter letter, Message message) {
        if (commits.areHere()) {
            commits.attempt(letter.offset(), message, isDone -> sent(letter, message, isDone, Set.of()));
        } else {
            around.deadLetters()
                    .send(
                            view,
                            message,
                            letter.reason(),
                            letter.left(),
                            left -> sent(letter, message, left.isEmpty(), left));
        }
    }

    /// @param left may not have it yet
    private void sent(OutgoingLetters.Letter letter, Message message, boolean isDone, Set<Target> left) {
        if (closed) {
            return;
        }
        if (isDone) {
            letters.arrived(message);
            machine.deadLettered(letter.offset());
            settled(letter.offset());
            commits.done(letter.offset());
        } else {
            letters.postpone(letter, message, left, now());
        }
        later();
    }

    private void wakeAt(long deadlineMs, long nowMs) {
        if (deadlineMs == timerAtMs) {
            return;
        }
        disarm();
        timerAtMs = deadlineMs;
        if (deadlineMs != MessageFacts.NEVER) {
            timer = around.loop().after(Math.max(0, deadlineMs - nowMs), () -> {
                timerAtMs = Long.MAX_VALUE;
                later();
            });
        }
    }

    private void disarm() {
        Loop.Timer pending = timer;
        if (pending != null) {
            pending.cancel();
            timer = null;
        }
    }

    /// See [QueueStore#unsafeEnd].
    long unsafeEnd() {
        return store.unsafeEnd();
    }

    /// The queue has gone, or lives elsewhere: consumers and publishers are told.
    void close() {
        end();
        store.close();
    }

    /// The node stops.
    void closeInOrder(Runnable done) {
        end();
        store.closeInOrder(done);
    }

    private void end() {
        closed = true;
        disarm();
        around.standstill().remove(this);
        disuse.close();
        handout.close();
        letters.close();
        duplicates.close();
        commits.close();
        postponed.forEach(get -> get.taker.accept(null));
        postponed.clear();
    }

    private long now() {
        return around.clock().wallMs();
    }
}
