package io.millrace.broker.queue.machine;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/// Messages the queue gave up, and what the host has to do about them. A dead letter stays in its chunk until it is
/// safe elsewhere.
///
/// Owned by: the queue's machine.
final class GivenUp {
    private final MessageTable table;
    private final ArrayDeque<Effect> effects = new ArrayDeque<>(2);
    private boolean deadLetters;
    private long deadLettering;

    GivenUp(MessageTable table) {
        this.table = table;
    }

    void deadLetters(boolean wanted) {
        deadLetters = wanted;
    }

    long deadLettering() {
        return deadLettering;
    }

    /// A message that is neither ready nor held is not wanted any more.
    void add(long place, Reason reason) {
        long offset = table.offsetAt(place);
        if (deadLetters) {
            table.at(place).giveUp(MessageTable.slotOf(place), reason);
            deadLettering++;
            effects.add(new Effect.DeadLetter(offset, reason));
        } else {
            table.settle(place);
            effects.add(new Effect.Dropped(offset, reason));
        }
    }

    Settlement settle(long offset) {
        long place = table.locate(offset);
        if (place == MessageTable.NONE || table.at(place).givenUp(MessageTable.slotOf(place)) == null) {
            return Settlement.UNKNOWN;
        }
        deadLettering--;
        table.at(place).release(MessageTable.slotOf(place));
        table.settle(place);
        return Settlement.DONE;
    }

    void drain(Consumer<Effect> host) {
        while (!effects.isEmpty()) {
            host.accept(effects.remove());
        }
    }
}
