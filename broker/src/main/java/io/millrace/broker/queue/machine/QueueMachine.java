package io.millrace.broker.queue.machine;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

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
    /// A queue without messages over a log that starts at offset 0.
    public QueueMachine(QueueSettings settings) {}

    /// A queue as it was: the host calls [#enqueue] for every message of the log from
    /// [Snapshot#firstUnsettled] on, each with the time it was appended at, then [#replayed]; nothing else before that.
    /// What was unacked is ready again and marked as redelivered.
    public static QueueMachine restore(QueueSettings settings, Snapshot snapshot, Restart restart) {
        throw new UnsupportedOperationException();
    }

    /// The log is read: the queue is open. Follow with a turn, for effects may be due.
    public void replayed() {
        throw new UnsupportedOperationException();
    }

    /// Policies changed; [#enforce] applies new limits to what is there.
    public void change(QueueSettings changed) {
        throw new UnsupportedOperationException();
    }

    /// Whether a message of that size may be appended; to be asked before, and also for what comes from other queues.
    public Admission admit(int bytes, long nowMs) {
        throw new UnsupportedOperationException();
    }

    /// What was admitted will not come.
    public void withdraw(int bytes) {
        throw new UnsupportedOperationException();
    }

    /// A message is in the log. Offsets rise and need not be dense.
    public void enqueue(long offset, MessageFacts facts, long nowMs) {
        throw new UnsupportedOperationException();
    }

    public Consuming addConsumer(ConsumerKey key, ConsumerOptions options) {
        throw new UnsupportedOperationException();
    }

    /// It gets nothing more, but holds what it has (`basic.cancel`).
    public void cancel(ConsumerKey key) {
        throw new UnsupportedOperationException();
    }

    /// Everything it holds goes back to its old places; it goes on consuming (`basic.recover`).
    ///
    /// @return how many came back
    public long recover(ConsumerKey key) {
        throw new UnsupportedOperationException();
    }

    /// It is gone, and everything it holds goes back: a channel that closed. Unknown keys are none of our business.
    ///
    /// @return how many came back
    public long remove(ConsumerKey key) {
        throw new UnsupportedOperationException();
    }

    /// Its socket is full: nothing for it until [#resume].
    public void pause(ConsumerKey key) {
        throw new UnsupportedOperationException();
    }

    public void resume(ConsumerKey key) {
        throw new UnsupportedOperationException();
    }

    /// No more than so many further deliveries until told again, for limits that span consumers (a channel's prefetch,
    /// a link's credit). [Integer#MAX_VALUE], as at the start, is no limit.
    public void grant(ConsumerKey key, int deliveries) {
        throw new UnsupportedOperationException();
    }

    /// The next message for whoever is first in turn and has room.
    public Optional<Delivery> next(long nowMs) {
        throw new UnsupportedOperationException();
    }

    /// One message for somebody who is no consumer (`basic.get`). Unless it is taken without acknowledging, the getter
    /// holds it, and [#remove] takes it back.
    public Optional<Delivery> get(ConsumerKey getter, boolean noAck, long nowMs) {
        throw new UnsupportedOperationException();
    }

    public Settlement ack(ConsumerKey holder, long offset) {
        throw new UnsupportedOperationException();
    }

    /// Back to its old place, or given up.
    public Settlement reject(ConsumerKey holder, long offset, boolean requeue) {
        throw new UnsupportedOperationException();
    }

    /// A dead letter is safe where it belongs (or nobody wanted it).
    public Settlement deadLettered(long offset) {
        throw new UnsupportedOperationException();
    }

    /// Expires what is due and drops what is too much. Bounded: when there is more to do, [#nextDeadlineMs] is due at
    /// once.
    public void enforce(long nowMs) {
        throw new UnsupportedOperationException();
    }

    /// Hands out what the host has to carry out. The machine may not be called from within.
    public void drainEffects(Consumer<Effect> host) {
        throw new UnsupportedOperationException();
    }

    /// When the next turn is due although nothing happens, or [MessageFacts#NEVER].
    public long nextDeadlineMs() {
        throw new UnsupportedOperationException();
    }

    /// Settles everything that is ready.
    ///
    /// @return what went: bodies kept in memory can go too (offsets of no ready message may be in it)
    public Purged purge() {
        throw new UnsupportedOperationException();
    }

    public QueueCounts counts() {
        throw new UnsupportedOperationException();
    }

    /// The consumer that gets the messages of a single-active queue.
    public Optional<ConsumerKey> activeConsumer() {
        throw new UnsupportedOperationException();
    }

    /// Where the log may start: everything below is settled.
    public long firstUnsettled() {
        throw new UnsupportedOperationException();
    }

    /// Behind the last message the machine was told of.
    public long end() {
        throw new UnsupportedOperationException();
    }

    /// The first of those that are not due yet, by due time, then offset.
    public List<DelayedMessage> delayed(int max) {
        throw new UnsupportedOperationException();
    }

    /// What must outlive the process.
    public Snapshot snapshot() {
        throw new UnsupportedOperationException();
    }
}
