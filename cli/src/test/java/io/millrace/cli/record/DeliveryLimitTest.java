package io.millrace.cli.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A command that writes ends when nothing is acknowledged any more, and only then.
class DeliveryLimitTest {
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch looks = new CountDownLatch(20);
    private final AtomicLong seen = new AtomicLong();

    @Test
    void isOverWhenNothingIsAcknowledged() throws InterruptedException {
        try (DeliveryLimit _ = DeliveryLimit.watching(1, () -> true, () -> 7, over::countDown)) {
            assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void everyAcknowledgementBeginsItAnew() throws InterruptedException {
        try (DeliveryLimit _ = DeliveryLimit.watching(1, () -> true, this::look, over::countDown)) {
            assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(over.getCount()).isOne();
        }
    }

    @Test
    void whoWaitsForInputHasAllTheTime() throws InterruptedException {
        try (DeliveryLimit _ = DeliveryLimit.watching(1, () -> look() < 0, () -> 7, over::countDown)) {
            assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(over.getCount()).isOne();
        }
    }

    /// Another number each time.
    private long look() {
        looks.countDown();
        return seen.incrementAndGet();
    }
}
