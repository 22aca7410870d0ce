package io.millrace.cluster.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.queue.QueueSite;
import io.millrace.broker.queue.QueueSite.Fate;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The messages another node brought on one connection, until their fate is told: what they hold of this node's room,
/// and who hears that there is memory for more.
///
/// Owned by: one [QueueDesk].
final class ArrivedMessages {
    private static final long LOOK_MS = 50;

    private final Loop loop;
    private final QueueSite queues;
    private final BooleanSupplier isMemoryScarce;
    private final TransitRoom room;
    private final Runnable toTell;
    private final Consumer<LinkNotice> told;
    private long[] numbers = new long[64];
    private Fate[] fates = new Fate[64];
    private int size;
    private long nextMessage;

    /// Messages whose fate is not known yet.
    private int underWay;

    /// What the node's room has to hear of messages that are not large.
    private long smallOctets;

    /// Of the unit that is being read, long octets that have not gone on to a queue.
    private long attachedOctets;

    private boolean waitsForMemory;
    private boolean closed;

    /// @param isMemoryScarce whether publishers have to wait
    /// @param toTell called when there are fates for [#tell()]
    /// @param told takes them
    ArrivedMessages(
            Loop loop,
            QueueSite queues,
            BooleanSupplier isMemoryScarce,
            TransitRoom room,
            Runnable toTell,
            Consumer<LinkNotice> told) {
        this.loop = loop;
        this.queues = queues;
        this.isMemoryScarce = isMemoryScarce;
        this.room = room;
        this.toTell = toTell;
        this.told = told;
    }

    /// Whether more may come.
    boolean isReady() {
        return underWay == 0 || !room.isFull();
    }

    /// A unit is read from here on.
    void begin(Unit unit) {
        attachedOctets = unit.attachedOctets();
    }

    /// It is read.
    void end() {
        room.large(-attachedOctets);
        attachedOctets = 0;
        settleRoom();
    }

    /// One that is not for a queue of this node.
    void pass(Fate fate) {
        onFate(nextMessage++, fate);
    }

    void publish(QueueView queue, LinkOrder.Publish publish) {
        long number = nextMessage++;
        int large = LinkShapes.attached(publish.message());
        int small = publish.message().bytes() - large + LinkPace.MESSAGE_OVERHEAD;
        underWay++;
        attachedOctets -= large;
        smallOctets += small;
        queues.publish(queue, publish.attempt(), publish.message(), fate -> {
            underWay--;
            smallOctets -= small;
            if (large > 0) {
                room.large(-large);
            }
            if (publish.message().format() == FormatId.BROKER && !closed) {
                told.accept(new LinkNotice.Fates(number, 1, fate)); // who settles is not kept waiting
                toTell.run();
            } else {
                onFate(number, fate);
            }
        });
    }

    private void onFate(long number, Fate fate) {
        if (closed) {
            settleRoom();
            return;
        }
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size * 2);
            fates = Arrays.copyOf(fates, size * 2);
        }
        numbers[size] = number;
        fates[size++] = fate;
        toTell.run();
    }

    private void settleRoom() {
        room.small(smallOctets);
        smallOctets = 0;
    }

    /// Tells what became of messages; neighbours with the same fate together.
    void tell() {
        settleRoom();
        if (size > 0 && isMemoryScarce.getAsBoolean()) {
            waitForMemory();
            return;
        }
        int from = 0;
        for (int to = 1; to <= size; to++) {
            boolean goesOn = to < size && fates[to] == fates[from] && numbers[to] == numbers[from] + (to - from);
            if (!goesOn) {
                told.accept(new LinkNotice.Fates(numbers[from], to - from, fates[from]));
                from = to;
            }
        }
        size = 0;
    }

    private void waitForMemory() {
        if (!waitsForMemory) {
            waitsForMemory = true;
            loop.after(LOOK_MS, () -> {
                waitsForMemory = false;
                toTell.run();
            });
        }
    }

    /// Nobody hears any more what becomes of them.
    void close() {
        closed = true;
        settleRoom();
    }
}
