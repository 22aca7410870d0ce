package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.InvariantViolation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ManualLoopTest {
    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final List<String> seen = new ArrayList<>();

    @Test
    void turnsRunInTheOrderTheyWerePosted() {
        loop.post(() -> {
            seen.add("first");
            loop.post(() -> seen.add("third"));
        });
        loop.post(() -> seen.add("second"));
        assertThat(seen).isEmpty();

        assertThat(loop.runReady()).isEqualTo(3);

        assertThat(seen).containsExactly("first", "second", "third");
    }

    @Test
    void timersRunAtTheirTimeInOrder() {
        loop.after(20, () -> seen.add("late " + clock.monotonicMs()));
        loop.after(10, () -> {
            seen.add("early " + clock.monotonicMs());
            loop.after(5, () -> seen.add("between " + clock.monotonicMs()));
        });

        loop.advance(Duration.ofMillis(19));
        assertThat(seen).containsExactly("early 10", "between 15");

        loop.advance(Duration.ofMillis(1));
        assertThat(seen).containsExactly("early 10", "between 15", "late 20");
        assertThat(loop.pendingCount()).isZero();
    }

    @Test
    void aCancelledTimerNeverRuns() {
        var timer = loop.after(1, () -> seen.add("no"));

        timer.cancel();
        loop.advance(Duration.ofSeconds(1));

        assertThat(seen).isEmpty();
    }

    @Test
    void onlyATurnOwnsTheLoop() {
        assertThat(loop.isOwned()).isFalse();
        assertThatThrownBy(loop::assertOwned).isInstanceOf(InvariantViolation.class);

        assertThat(loop.call(loop::isOwned)).isTrue();
        assertThat(loop.isOwned()).isFalse();
    }

    @Test
    void aTurnThatThrowsGivesTheLoopBack() {
        loop.post(() -> {
            throw new IllegalStateException("from the turn");
        });

        assertThatThrownBy(loop::runReady).hasMessage("from the turn");
        assertThat(loop.isOwned()).isFalse();
    }

    @Test
    void anotherThreadIsRefused() {
        var fromElsewhere = CompletableFuture.runAsync(() -> loop.post(() -> {}));

        assertThatThrownBy(fromElsewhere::join).hasMessageContaining("belongs to the test's thread");
    }
}
