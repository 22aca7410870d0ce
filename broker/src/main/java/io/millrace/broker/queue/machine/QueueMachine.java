package io.millrace.broker.queue.machine;

import io.millrace.broker.queue.machine.Snapshot.Mark;
import io.millrace.model.InvariantViolation;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One queue over one log: decides who gets which message and what becomes of it. It knows messages by their offset and
/// a few facts; bodies, sockets and disks are the host's.
///
/// A turn of the host's loop: tell what happened ([#enqueue], [#ack], [#addConsumer]...), call [#next] until it is
/// empty, then [#enforce], then [#drainEffects], and come back by [#nextDeadlineMs] at the latest. Limits and expiry
/// are enforced *after* deliveries, so that a message with a TTL of 0, or one that a full queue has no room for, still
/// goes to a consumer who waits for it.
///
/// Every message is in exactly one place: delayed, ready, unacked, dead-lettering or settled. Among the ready ones the
/// higher priority comes first, then the place in the queue; a message that comes back takes its old place. The place
/// is the offset, except that a delayed message comes in when it is due (by due time, then offset).
///
/// Times are arguments and may repeat, and should not go back.
///
/// Owned by: the loop of the queue.
public final class QueueMachine {
    /// How many messages one call expires or drops at most: no turn of a loop gets long.
    private static final int GIVEN_UP_AT_ONCE_MAX = 1_000;

    /// How many delayed messages come in during one turn at most.
    private static final int MATURE_A_TURN_MAX = 10_000;

    private final MessageTable table = new MessageTable();
    private final ReadyMessages ready = new ReadyMessages(table);
    private final ExpiryIndex expiry = new ExpiryIndex(table);
    private final Delays delays = new Delays(table);
    private final Consumers consumers = new Consumers(table);
    private final GivenUp givenUp = new GivenUp(table);
    private final Room room = new Room(ready);
    private QueueSettings settings;
    private @Nullable Replay replay;
    private long end;
    private long redeliveredBelow;
    private long replayedTo;
    private int mayMature = MATURE_A_TURN_MAX;
    private long unacked;
    private long unackedBytes;

    /// A queue without messages over a log that starts at offset 0.
    public QueueMachine(QueueSettings settings) {
        this.settings = settings;
        apply(settings);
    }

    /// A queue as it was: the host calls [#enqueue] for every message of the log from
    /// [Snapshot#firstUnsettled] on, each with the time it was appended at, then [#replayed]; nothing else before that.
    /// What was unacked is ready again and marked as redelivered.
    public static QueueMachine restore(QueueSettings settings, Snapshot snapshot, Restart restart) {
        QueueMachine machine = new QueueMachine(settings);
        machine.replay = new Replay(snapshot);
        machine.end = snapshot.firstUnsettled();
        machine.redeliveredBelow = restart == Restart.CRASHED ? Long.MAX_VALUE : snapshot.redeliveredBelow();
        machine.replayedTo = snapshot.end();
        return machine;
    }

    /// The log is read: the queue is open. Follow with a turn, for effects may be due.
    public void replayed(long nowMs) {
        if (replay == null) {
            throw new InvariantViolation("nothing was replayed");
        }
        replay = null;
        end = Math.max(end, replayedTo);
        redeliveredBelow = Math.min(end, redeliveredBelow);
        mature(nowMs);
    }

    /// Messages before `offset` that are yet to come may have been seen: an earlier life of the queue handed them out
    /// before they were safe.
    public void seenBelow(long offset) {
        redeliveredBelow = Math.max(redeliveredBelow, offset);
    }

    /// Policies changed; [#enforce] applies new limits to what is there.
    public void change(QueueSettings changed) {
        settings = changed;
        apply(changed);
    }

    private void apply(QueueSettings current) {
        givenUp.deadLetters(current.deadLetters());
        consumers.singleActive(current.singleActive());
    }

    /// Whether a message of that size may be appended; to be asked before, and also for what comes from other queues.
    public Admission admit(int bytes, long nowMs) {
        requireOpen();
        mature(nowMs);
        expiry.sweep(nowMs - 1, GIVEN_UP_AT_ONCE_MAX, this::expire);
        return room.admit(bytes, settings);
    }

    /// What was admitted will not come.
    public void withdraw(int bytes) {
        room.give(bytes);
    }

    /// A message is in the log. Offsets rise and need not be dense.
    public void enqueue(long offset, MessageFacts facts, long nowMs) {
        if (replay != null) {
            replay(replay, offset, facts, nowMs);
            return;
        }
        mature(nowMs);
        room.give(facts.bytes());
        long place = append(offset, facts, nowMs);
        if (facts.dueAtMs() > nowMs) {
            delays.add(place, facts.dueAtMs());
        } else {
            makeReady(place);
        }
    }

    private long append(long offset, MessageFacts facts, long nowMs) {
        if (offset < end) {
            throw new InvariantViolation("offset " + offset + " below " + end);
        }
        end = offset + 1;
        return table.append(
                offset,
                facts.bytes(),
                expiresAtMs(facts, nowMs),
                settings.priorities().levelOf(facts.priority()));
    }

    /// The queue's TTL runs from when a message is in the queue.
    private long expiresAtMs(MessageFacts facts, long nowMs) {
        long since = Math.max(nowMs, facts.dueAtMs());
        return settings.messageTtlMs() < QueueSettings.UNLIMITED - since
                ? Math.min(facts.expiresAtMs(), since + settings.messageTtlMs())
                : facts.expiresAtMs();
    }

    private void makeReady(long place) {
        if (settings.forwards()) {
            givenUp.add(place, Reason.DUE);
            return;
        }
        ready.add(place);
        expiry.watch(place);
    }

    private void replay(Replay known, long offset, MessageFacts facts, long nowMs) {
        mayMature = MATURE_A_TURN_MAX;
        mature(nowMs);
        if (offset < end && known.isSettled(offset)) {
            return;
        }
        long place = append(offset, facts, nowMs);
        if (known.isSettled(offset)) {
            table.settle(place);
            return;
        }
        Optional<Mark> mark = known.mark(offset);
        if (mark.isPresent() && befalls(place, mark.get())) {
            return;
        }
        if (facts.dueAtMs() > nowMs) {
            delays.add(place, facts.dueAtMs());
        } else {
            makeReady(place);
        }
    }

    /// Lets a message befall again what befell it.
    ///
    /// @return whether it is given up
    private boolean befalls(long place, Mark mark) {
        return switch (mark.fate()) {
            case RETURNED -> {
                table.at(place).markRedelivered(MessageTable.slotOf(place), mark.deliveryCount());
                yield false;
            }
            case UNACKED -> cameBack(place, mark.deliveryCount() + 1);
            case REJECTED -> giveUp(place, Reason.REJECTED);
            case EXPIRED -> giveUp(place, Reason.EXPIRED);
            case MAX_LENGTH -> giveUp(place, Reason.MAX_LENGTH);
            case DELIVERY_LIMIT -> giveUp(place, Reason.DELIVERY_LIMIT);
        };
    }

    private boolean giveUp(long place, Reason reason) {
        givenUp.add(place, reason);
        return true;
    }

    /// Marks a message as returned that many times.
    ///
    /// @return whether that was once too often
    private boolean cameBack(long place, int times) {
        table.at(place).markRedelivered(MessageTable.slotOf(place), times);
        return times > settings.deliveryLimit() && giveUp(place, Reason.DELIVERY_LIMIT);
    }

    public Consuming addConsumer(ConsumerKey key, ConsumerOptions options) {
        requireOpen();
        return consumers.add(key, options);
    }

    /// It gets nothing more, but holds what it has (`basic.cancel`).
    public void cancel(ConsumerKey key) {
        Holder holder = consumers.find(key);
        if (holder != null) {
            consumers.cancel(holder);
        }
    }

    /// Everything it holds goes back to its old places; it goes on consuming (`basic.recover`).
    ///
    /// @return how many came back
    public long recover(ConsumerKey key) {
        Holder holder = consumers.find(key);
        if (holder == null) {
            return 0;
        }
        long[] offsets = holder.held.all();
        for (long offset : offsets) {
            long place = table.locate(offset);
            release(holder, place);
            putBack(place);
        }
        return offsets.length;
    }

    /// It is gone, and everything it holds goes back: a channel that closed. Unknown keys are none of our business.
    ///
    /// @return how many came back
    public long remove(ConsumerKey key) {
        cancel(key);
        return recover(key);
    }

    /// Its socket is full: nothing for it until [#resume].
    public void pause(ConsumerKey key) {
        Holder holder = consumers.find(key);
        if (holder != null) {
            holder.isPaused = true;
        }
    }

    public void resume(ConsumerKey key) {
        Holder holder = consumers.find(key);
        if (holder != null) {
            holder.isPaused = false;
            consumers.freed(holder);
        }
    }

    /// No more than so many further deliveries until told again, for limits that span consumers (a channel's prefetch,
    /// a link's credit). [Integer#MAX_VALUE], as at the start, is no limit.
    public void grant(ConsumerKey key, int deliveries) {
        Holder holder = consumers.find(key);
        if (holder != null) {
            holder.granted = deliveries;
            consumers.freed(holder);
        }
    }

    /// How many messages it has unsettled.
    public int held(ConsumerKey key) {
        Holder holder = consumers.find(key);
        return holder == null ? 0 : holder.held.count();
    }

    /// The next message for whoever is first in turn and has room.
    public Optional<Delivery> next(long nowMs) {
        requireOpen();
        Holder taker = consumers.first();
        if (taker == null) {
            return Optional.empty();
        }
        long place = firstReady(nowMs);
        if (place == MessageTable.NONE) {
            return Optional.empty();
        }
        Delivery delivery = take(place, taker.key);
        if (taker.options.noAck()) {
            table.settle(place);
        } else {
            hold(taker, place);
        }
        consumers.served(taker);
        return Optional.of(delivery);
    }

    /// One message for somebody who is no consumer (`basic.get`). Unless it is taken without acknowledging, the getter
    /// holds it, and [#remove] takes it back.
    public Optional<Delivery> get(ConsumerKey getter, boolean noAck, long nowMs) {
        requireOpen();
        long place = firstReady(nowMs);
        if (place == MessageTable.NONE) {
            return Optional.empty();
        }
        Delivery delivery = take(place, getter);
        if (noAck) {
            table.settle(place);
        } else {
            hold(consumers.getter(getter), place);
        }
        return Optional.of(delivery);
    }

    /// The first message that may still be delivered. A message may be, in the very millisecond it expires at.
    private long firstReady(long nowMs) {
        mature(nowMs);
        for (int left = GIVEN_UP_AT_ONCE_MAX; left > 0; left--) {
            long place = ready.head();
            if (place == MessageTable.NONE || table.expiryAt(place) >= nowMs) {
                return place;
            }
            ready.remove(place);
            givenUp.add(place, Reason.EXPIRED);
        }
        return MessageTable.NONE;
    }

    private Delivery take(long place, ConsumerKey taker) {
        Chunk chunk = table.at(place);
        int slot = MessageTable.slotOf(place);
        long offset = chunk.offset(slot);
        ready.remove(place);
        boolean redelivered = offset < redeliveredBelow || chunk.isRedelivered(slot);
        return new Delivery(taker, offset, redelivered, chunk.returns(slot));
    }

    private void hold(Holder holder, long place) {
        table.at(place).setHolder(MessageTable.slotOf(place), holder.number);
        holder.held.add(table.offsetAt(place));
        unacked++;
        unackedBytes += table.bytesAt(place);
    }

    private void release(Holder holder, long place) {
        table.at(place).release(MessageTable.slotOf(place));
        holder.held.remove(table.offsetAt(place));
        unacked--;
        unackedBytes -= table.bytesAt(place);
        consumers.freed(holder);
    }

    private void putBack(long place) {
        if (!cameBack(place, table.at(place).returns(MessageTable.slotOf(place)) + 1)) {
            makeReady(place);
        }
    }

    public Settlement ack(ConsumerKey key, long offset) {
        Holder holder = consumers.find(key);
        long place = heldPlace(holder, offset);
        if (holder == null || place == MessageTable.NONE) {
            return Settlement.UNKNOWN;
        }
        release(holder, place);
        table.settle(place);
        return Settlement.DONE;
    }

    /// Back to its old place, or given up.
    public Settlement reject(ConsumerKey key, long offset, boolean requeue) {
        Holder holder = consumers.find(key);
        long place = heldPlace(holder, offset);
        if (holder == null || place == MessageTable.NONE) {
            return Settlement.UNKNOWN;
        }
        release(holder, place);
        if (requeue) {
            putBack(place);
        } else {
            givenUp.add(place, Reason.REJECTED);
        }
        return Settlement.DONE;
    }

    /// Who has a message unsettled.
    public Optional<ConsumerKey> holder(long offset) {
        long place = table.locate(offset);
        Holder holder = place == MessageTable.NONE
                ? null
                : consumers.find(table.at(place).holder(MessageTable.slotOf(place)));
        return Optional.ofNullable(holder).map(known -> known.key);
    }

    /// Settles a message, or gives it up as rejected, whether it is ready or somebody holds it.
    public Settlement settle(long offset, boolean rejected) {
        long place = table.locate(offset);
        if (place == MessageTable.NONE) {
            return Settlement.UNKNOWN;
        }
        Chunk chunk = table.at(place);
        int slot = MessageTable.slotOf(place);
        Holder holder = consumers.find(chunk.holder(slot));
        if (holder != null) {
            release(holder, place);
        } else if (chunk.isReady(slot)) {
            ready.remove(place);
        } else {
            return Settlement.UNKNOWN; // on its way to another queue already, or not due
        }
        if (rejected) {
            givenUp.add(place, Reason.REJECTED);
        } else {
            table.settle(place);
        }
        return Settlement.DONE;
    }

    private long heldPlace(@Nullable Holder holder, long offset) {
        long place = holder == null ? MessageTable.NONE : table.locate(offset);
        boolean holds = holder != null
                && place != MessageTable.NONE
                && table.at(place).holder(MessageTable.slotOf(place)) == holder.number;
        return holds ? place : MessageTable.NONE;
    }

    /// A dead letter is safe where it belongs (or nobody wanted it).
    public Settlement deadLettered(long offset) {
        return givenUp.settle(offset);
    }

    /// Expires what is due and drops what is too much. Bounded: when there is more to do, [#nextDeadlineMs] is due at
    /// once.
    public void enforce(long nowMs) {
        requireOpen();
        mature(nowMs);
        expiry.sweep(nowMs, GIVEN_UP_AT_ONCE_MAX, this::expire);
        if (expiry.firstMs() > nowMs) {
            dropExcess();
        }
        mayMature = MATURE_A_TURN_MAX;
    }

    private void dropExcess() {
        for (int left = GIVEN_UP_AT_ONCE_MAX; left > 0 && room.isExceeded(settings); left--) {
            long place = ready.head();
            ready.remove(place);
            givenUp.add(place, Reason.MAX_LENGTH);
        }
    }

    private void expire(long offset) {
        long place = table.locate(offset);
        ready.remove(place);
        givenUp.add(place, Reason.EXPIRED);
    }

    /// Lets those in that were delayed until now. When there are too many for a turn, the others come in with the next.
    private void mature(long nowMs) {
        while (mayMature > 0) {
            long place = delays.take(nowMs, end);
            if (place == MessageTable.NONE) {
                return;
            }
            makeReady(place);
            mayMature--;
        }
    }

    /// Hands out what the host has to carry out. The machine may be called from within.
    public void drainEffects(Consumer<Effect> host) {
        givenUp.drain(host);
    }

    /// When the next turn is due although nothing happens, or [MessageFacts#NEVER].
    public long nextDeadlineMs() {
        return room.isExceeded(settings) ? 0 : Math.min(delays.firstMs(), expiry.firstMs());
    }

    /// Settles everything that is ready.
    ///
    /// @return what went: bodies kept in memory can go too (offsets of no ready message may be in it)
    public Purged purge() {
        requireOpen();
        return ready.purge();
    }

    public QueueCounts counts() {
        return new QueueCounts(
                ready.count(),
                ready.bytes(),
                unacked,
                unackedBytes,
                delays.count(),
                delays.bytes(),
                givenUp.deadLettering(),
                consumers.count());
    }

    /// The consumer that gets the messages of a single-active queue.
    public Optional<ConsumerKey> activeConsumer() {
        return Optional.ofNullable(consumers.active()).map(holder -> holder.key);
    }

    /// Whether there is such a message, and it is not settled.
    public boolean holds(long offset) {
        return table.locate(offset) != MessageTable.NONE;
    }

    /// Where the log may start: everything below is settled.
    public long firstUnsettled() {
        long first = table.firstUnsettled();
        return first == MessageTable.NONE ? end : first;
    }

    /// Behind the last message the machine was told of.
    public long end() {
        return end;
    }

    /// The first of those that are not due yet, by due time, then offset.
    public List<DelayedMessage> delayed(int max) {
        return delays.first(max);
    }

    /// What must outlive the process.
    public Snapshot snapshot() {
        requireOpen();
        return SnapshotTaker.take(table, firstUnsettled(), end, redeliveredBelow);
    }

    private void requireOpen() {
        if (replay != null) {
            throw new InvariantViolation("the log is still being read");
        }
    }
}
