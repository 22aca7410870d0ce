package io.millrace.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.ManualClock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DiskLoopTest {
    private static final int WAIT_SECONDS = 10;

    @Test
    void whileFilesAreBeingRemovedReadsGoOnAndSweepsDoNotPileUp() throws Exception {
        DiskLoop disk = new DiskLoop(new ManualClock(), "test", 1, 1, 2);
        CountDownLatch removing = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        AtomicInteger sweeps = new AtomicInteger();
        for (int i = 0; i < 5; i++) {
            disk.sweep(() -> {
                sweeps.incrementAndGet();
                removing.countDown();
                await(removed);
            });
        }
        assertThat(removing.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        CountDownLatch read = new CountDownLatch(1);
        disk.read(read::countDown);

        assertThat(read.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        removed.countDown();
        disk.stop();
        assertThat(sweeps).hasValue(1);
    }

    @Test
    void theStopDoesNotWaitForFilesThatAreBeingRemoved() throws Exception {
        DiskLoop disk = new DiskLoop(new ManualClock(), "test", 1, 1, 1);
        CountDownLatch removing = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        disk.sweep(() -> {
            removing.countDown();
            awaitIgnoringInterrupts(removed);
        });
        assertThat(removing.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        disk.stop();

        removed.countDown();
    }

    @Test
    void aSweepThatEndsSoonIsOverWhenTheStopReturns() throws Exception {
        DiskLoop disk = new DiskLoop(new ManualClock(), "test", 1, 1, 1);
        CountDownLatch removing = new CountDownLatch(1);
        CountDownLatch removed = new CountDownLatch(1);
        AtomicInteger over = new AtomicInteger();
        disk.sweep(() -> {
            removing.countDown();
            awaitIgnoringInterrupts(removed);
            over.incrementAndGet();
        });
        assertThat(removing.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(removed::countDown);

        disk.stop();

        assertThat(over).hasValue(1);
    }

    @Test
    void whatComesAfterTheStopIsDropped() throws Exception {
        DiskLoop disk = new DiskLoop(new ManualClock(), "test", 1, 1, 1);
        AtomicInteger runs = new AtomicInteger();
        disk.stop();

        disk.read(runs::incrementAndGet);
        disk.sweep(runs::incrementAndGet);

        assertThat(runs).hasValue(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// As a system call does.
    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.interrupted();
            await(latch);
        }
    }
}
