package io.millrace.log;

import static io.millrace.log.LifeCycle.CLOSED;
import static io.millrace.log.LifeCycle.DELETED;
import static io.millrace.log.LifeCycle.FAILED;
import static io.millrace.log.LifeCycle.OPEN;
import static io.millrace.log.LifeCycle.REMOVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.testkit.ManualClock;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class LifeCycleTest {
    private final MemoryDisk disk = new MemoryDisk(new ManualClock());
    private final LogFixture fixture = new LogFixture(disk, LogFixture.PATH, Configs.small(10_000, 64));

    private static LifeCycle[] those(Predicate<LifeCycle> claim) {
        return Arrays.stream(LifeCycle.values()).filter(claim).toArray(LifeCycle[]::new);
    }

    @Test
    void allowsWhatTheTableSays() {
        assertThat(those(LifeCycle::isWritable)).containsExactly(OPEN);
        assertThat(those(LifeCycle::mayGiveUpSegments)).containsExactly(OPEN, FAILED);
        assertThat(those(LifeCycle::isFailed)).containsExactly(FAILED);
        assertThat(those(LifeCycle::isOver)).containsExactly(CLOSED, DELETED, REMOVED);
    }

    @Test
    void whatIsOverIsNotBroughtBackByAJobOfBefore() {
        for (LifeCycle over : those(LifeCycle::isOver)) {
            assertThat(over.onFailure()).isEqualTo(over);
            assertThat(over.onReload()).isEqualTo(over);
        }
        assertThat(OPEN.onFailure().onReload()).isEqualTo(OPEN);
        assertThat(REMOVED.onDelete()).isEqualTo(REMOVED);
    }

    @Test
    void aClosedLogTakesNothingAndSaysSo() {
        fixture.appendFlushed(1, "a");
        fixture.log().close();
        assertThat(fixture.append(2, "b").message()).isEqualTo("the log is closed");
        assertThat(fixture.log().beginFlush(true)).isEmpty();
        assertThat(fixture.log().beginRetention(0, 1)).isEmpty();
        assertThat(fixture.log().beginRecovery()).isEmpty();
        assertThat(fixture.log().sketch(1)).isEmpty();
    }

    @Test
    void aLogDeletedDuringAFlushIsRemovedWhenTheJobIsBack() throws IOException {
        fixture.append(1, "a");
        FlushJob job = fixture.log().beginFlush(true).orElseThrow();
        fixture.log().delete();
        job.run();
        assertThat(disk.list(LogFixture.PATH)).contains("orders-0");
        fixture.log().endFlush(job);
        assertThat(job.error()).isEqualTo(ErrorKind.NONE);
        assertThat(disk.list(LogFixture.PATH)).doesNotContain("orders-0").anyMatch(name -> name.endsWith("-delete"));
    }

    @Test
    void aLogDeletedDuringARecoveryIsRemovedWhenTheJobIsBack() throws IOException {
        fixture.appendFlushed(1, "a");
        fixture.log().fail();
        RecoveryJob job = fixture.log().beginRecovery().orElseThrow();
        fixture.log().delete();
        job.run();
        fixture.log().endRecovery(job);
        assertThat(disk.list(LogFixture.PATH)).doesNotContain("orders-0");
        assertThat(fixture.append(2, "b").error()).isEqualTo(ErrorKind.STORAGE_ERROR);
    }

    @Test
    void aJobThatIsNotOutIsNotTakenBack() {
        fixture.append(1, "a");
        FlushJob job = fixture.log().beginFlush(true).orElseThrow();
        assertThat(fixture.log().beginFlush(true)).isEmpty();
        assertThat(fixture.log().beginTruncation(0)).isEmpty();
        job.run();
        fixture.log().endFlush(job);
        assertThatThrownBy(() -> fixture.log().endFlush(job))
                .isInstanceOf(InvariantViolation.class)
                .hasMessage("this flush job is not out");
    }
}
