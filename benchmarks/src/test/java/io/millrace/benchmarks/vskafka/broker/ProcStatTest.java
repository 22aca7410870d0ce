package io.millrace.benchmarks.vskafka.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcStatTest {
    @Test
    void addsUserAndSystemTicksBehindACommandWithSpacesAndParentheses() {
        String stat = "77 (a (b) c) S 1 77 77 0 -1 4194560 10 20 30 40 1234 66 5 6 20 0 9 0 100 200 300";
        assertThat(ProcStat.parseCpuSeconds(stat)).isEqualTo(13.0);
    }

    @Test
    void readsResidentKilobytes() {
        assertThat(ProcStat.parseRssKb(List.of("Name:\tjava", "VmRSS:\t  123456 kB", "Threads:\t9")))
                .isEqualTo(123_456);
    }

    @Test
    void refusesTheStatusOfAnEndedProcess() {
        assertThatThrownBy(() -> ProcStat.parseRssKb(List.of("Name:\tjava", "State:\tZ (zombie)")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void seesThisProcessUseCpuAndMemory() throws IOException {
        long pid = ProcessHandle.current().pid();
        assertThat(ProcStat.cpuSeconds(pid)).isPositive();
        assertThat(ProcStat.rssKb(pid)).isGreaterThan(10_000);
    }
}
