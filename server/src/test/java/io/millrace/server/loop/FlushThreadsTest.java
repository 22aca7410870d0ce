package io.millrace.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Loop;
import io.millrace.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Threads are tasks that the test runs when it likes; a job that is begun stays so until its task is run.
class FlushThreadsTest {
    private static final int THREADS_MAX = 4;
    private static final long QUICK = 40_000;
    private static final long SLOW = 5_000_000;

    private final ManualClock clock = new ManualClock();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final ArrayDeque<Runnable> timers = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final FlushThreads flushes = new FlushThreads(clock, tasks::add, THREADS_MAX);

    @Test
    void onAQuickDiskOneThreadTakesThemInTurn() {
        for (String name : List.of("a", "b", "c")) {
            flush(name, QUICK);
        }
        assertThat(tasks).hasSize(1);

        runTasks();

        assertThat(ran).containsExactly("a", "a done", "b", "b done", "c", "c done");
        flush("d", QUICK);
        assertThat(tasks).hasSize(1);
    }

    @Test
    void onASlowDiskAllThreadsWork() {
        for (int i = 0; i < SyncPace.PROBES; i++) {
            flush("probe", SLOW);
            runTasks();
        }

        for (int i = 0; i < THREADS_MAX + 2; i++) {
            flush("more", SLOW);
        }

        assertThat(tasks).hasSize(THREADS_MAX);
        assertThat(flushes.allowed()).isEqualTo(THREADS_MAX);
    }

    @Test
    void aProbeThatFindsTheDiskSlowWakesTheOthersForWhatWaits() {
        for (int i = 0; i < SyncPace.PROBES + 8; i++) {
            flush("job", SLOW);
        }
        assertThat(tasks).hasSize(1);

        tasks.removeFirst().run();

        assertThat(flushes.allowed()).isEqualTo(THREADS_MAX);
        assertThat(tasks).hasSize(THREADS_MAX - 1);
    }

    @Test
    void oneThatWaitsLongBehindAnotherIsBegunBesideIt() {
        List<Integer> threadsMeanwhile = new ArrayList<>();
        flushes.execute(
                () -> { // while this one is at its disk
                    flush("small", QUICK);
                    clock.advance(Duration.ofMillis(FlushThreads.PATIENCE_MS));
                    timers.removeFirst().run();
                    threadsMeanwhile.add(tasks.size());
                    tasks.removeFirst().run();
                    return QUICK;
                },
                owner(),
                () -> ran.add("large done"));

        runTasks();

        assertThat(threadsMeanwhile).containsExactly(1);
        assertThat(ran).containsExactly("small", "small done", "large done");
        assertThat(timers).isEmpty();
    }

    @Test
    void whoHasNotWaitedLongIsLookedForAgain() {
        flush("first", QUICK);
        flush("second", QUICK);
        assertThat(timers).hasSize(1);
        timers.removeFirst().run();

        assertThat(tasks).hasSize(1);
        assertThat(timers).hasSize(1);
        runTasks();
        timers.removeFirst().run();
        assertThat(timers).isEmpty();
    }

    @Test
    void aFaultEndsOnlyItsOwnJob() {
        flushes.execute(
                () -> {
                    throw new IllegalStateException("of the test");
                },
                owner(),
                () -> ran.add("faulty done"));
        flush("next", QUICK);

        runTasks();

        assertThat(ran).containsExactly("faulty done", "next", "next done");
    }

    private void flush(String name, long syncNs) {
        flushes.execute(
                () -> {
                    ran.add(name);
                    return syncNs;
                },
                owner(),
                () -> ran.add(name + " done"));
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
        }
    }

    private Loop owner() {
        return new Loop() {
            @Override
            public boolean isOwned() {
                return false;
            }

            @Override
            public void post(Runnable turn) {
                turn.run();
            }

            @Override
            public Timer after(long delayMs, Runnable turn) {
                timers.add(turn);
                return () -> timers.remove(turn);
            }
        };
    }
}
