package io.millrace.testkit;

import io.millrace.model.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Supplier;

/// A loop a test turns by hand, in virtual time: turns run in the order they were posted, timers when the clock reaches
/// them.
///
/// Owned by: the thread of the test; a call from another thread is refused, because its order would be chance.
public final class ManualLoop implements Loop {
    /// A turn that posts itself again for ever would otherwise hang the test.
    private static final int TURNS_MAX = 1_000_000;

    private final ManualClock clock;
    private final Thread owner = Thread.currentThread();
    private final Queue<Runnable> posted = new ArrayDeque<>();
    private final PriorityQueue<Scheduled> scheduled =
            new PriorityQueue<>(Comparator.comparingLong(Scheduled::dueNs).thenComparingLong(Scheduled::sequence));
    private long nextSequence;
    private boolean inTurn;

    public ManualLoop(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public boolean isOwned() {
        return inTurn && Thread.currentThread() == owner;
    }

    @Override
    public void post(Runnable turn) {
        assertTestThread();
        posted.add(turn);
    }

    @Override
    public Timer after(long delayMs, Runnable turn) {
        assertTestThread();
        var entry = new Scheduled(clock.monotonicNs() + delayMs * 1_000_000, nextSequence++, turn);
        scheduled.add(entry);
        return () -> scheduled.remove(entry);
    }

    /// Calls `turn` as a turn of this loop, then runs everything that is ready, and answers what it returned.
    public <T> T call(Supplier<T> turn) {
        T answer = inTurn(turn);
        runReady();
        return answer;
    }

    /// Runs posted turns and due timers until none is left; answers how many ran.
    public int runReady() {
        assertTestThread();
        int ran = 0;
        while (postDueTimers() || !posted.isEmpty()) {
            runOne(posted.remove());
            if (++ran > TURNS_MAX) {
                throw new AssertionError("the loop never comes to rest: " + TURNS_MAX + " turns");
            }
        }
        return ran;
    }

    /// Lets time pass and stops at every timer on the way, as a real loop would meet them.
    public void advance(Duration passed) {
        runReady();
        long untilNs = clock.monotonicNs() + passed.toNanos();
        while (!scheduled.isEmpty() && scheduled.element().dueNs() <= untilNs) {
            clock.advance(Duration.ofNanos(scheduled.element().dueNs() - clock.monotonicNs()));
            runReady();
        }
        clock.advance(Duration.ofNanos(untilNs - clock.monotonicNs()));
    }

    /// Turns posted and timers set that have not run yet.
    public int pendingCount() {
        return posted.size() + scheduled.size();
    }

    /// Moves at most one due timer into the queue, so that its own posts come before later timers.
    private boolean postDueTimers() {
        if (posted.isEmpty() && !scheduled.isEmpty() && scheduled.element().dueNs() <= clock.monotonicNs()) {
            posted.add(scheduled.remove().turn());
        }
        return !posted.isEmpty();
    }

    private void runOne(Runnable turn) {
        inTurn(() -> {
            turn.run();
            return this;
        });
    }

    private <T> T inTurn(Supplier<T> turn) {
        assertTestThread();
        if (inTurn) {
            throw new AssertionError("a turn may not turn its own loop");
        }
        inTurn = true;
        try {
            return turn.get();
        } finally {
            inTurn = false;
        }
    }

    private void assertTestThread() {
        if (Thread.currentThread() != owner) {
            throw new AssertionError("a manual loop belongs to the test's thread " + owner.getName());
        }
    }

    private record Scheduled(long dueNs, long sequence, Runnable turn) {}
}
