package io.millrace.simulator.world;

import io.millrace.testkit.SeededRandomness;
import org.jspecify.annotations.Nullable;

/// Everything that will happen, in virtual time. Events of one moment happen in the order they were asked for, so a
/// seed repeats a run exactly.
///
/// Owned by: the thread of the simulation.
public final class World {
    /// One millisecond of virtual time.
    public static final long MS = 1_000_000;

    private final long seed;
    private final Trace trace = new Trace();
    private final EventQueue events = new EventQueue();
    private long nowNs;
    private long sequence;
    private long eventsRun;
    private @Nullable SimLoop running;

    public World(long seed) {
        this.seed = seed;
    }

    /// Something that will happen unless it is called off.
    public static final class Event implements Comparable<Event> {
        final long dueNs;
        private final long sequence;
        private @Nullable Runnable action;

        private Event(long dueNs, long sequence, Runnable action) {
            this.dueNs = dueNs;
            this.sequence = sequence;
            this.action = action;
        }

        /// Calls it off; harmless when it has happened.
        public void cancel() {
            action = null;
        }

        boolean isCalledOff() {
            return action == null;
        }

        @Override
        public int compareTo(Event other) {
            return dueNs == other.dueNs ? Long.compare(sequence, other.sequence) : Long.compare(dueNs, other.dueNs);
        }
    }

    public long seed() {
        return seed;
    }

    /// Virtual time since the beginning.
    public long nowNs() {
        return nowNs;
    }

    /// Virtual time since the beginning.
    public long nowMs() {
        return nowNs / MS;
    }

    /// Events that have happened.
    public long eventsRun() {
        return eventsRun;
    }

    /// What happened lately, for a failing seed's report.
    public Trace trace() {
        return trace;
    }

    /// Notes an event worth telling. Formatted only when it is read: `arguments` must not change.
    public void note(String format, Object... arguments) {
        trace.add(nowNs, format, arguments);
    }

    /// The chance of one component: drawing from it changes nothing for the others.
    public SeededRandomness chance(String component) {
        long mixed = seed;
        for (int i = 0; i < component.length(); i++) {
            mixed = (mixed ^ component.charAt(i)) * 0x0000_0100_0000_01B3L;
            mixed ^= mixed >>> 29;
        }
        return new SeededRandomness(mixed);
    }

    /// Lets `action` happen `delayNs` from now.
    public Event after(long delayNs, Runnable action) {
        Event event = new Event(nowNs + Math.max(0, delayNs), sequence++, action);
        events.add(event);
        return event;
    }

    /// Lets the next event happen. Returns whether there was one.
    public boolean step() {
        while (true) {
            Event next = events.poll();
            if (next == null) {
                return false;
            }
            Runnable action = next.action;
            if (action != null) {
                next.action = null;
                nowNs = next.dueNs;
                eventsRun++;
                action.run();
                return true;
            }
        }
    }

    boolean isRunning(SimLoop loop) {
        return running == loop;
    }

    void enter(SimLoop loop, Runnable turn) {
        SimLoop before = running;
        running = loop;
        try {
            turn.run();
        } finally {
            running = before;
        }
    }

    /// The loop whose turn this is, null between turns.
    public @Nullable SimLoop running() {
        return running;
    }
}
