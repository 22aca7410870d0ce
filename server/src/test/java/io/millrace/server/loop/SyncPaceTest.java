package io.millrace.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SyncPaceTest {
    private final SyncPace pace = new SyncPace(16);
    private long nowNs;

    @Test
    void aDiskThatAnswersAtOnceIsAskedByOneThread() {
        probe(40_000);

        assertThat(pace.threads()).isOne();
    }

    @Test
    void aDiskThatTakesItsTimeIsAskedByAll() {
        probe(1_000_000);

        assertThat(pace.threads()).isEqualTo(16);
    }

    @Test
    void inBetweenItIsAskedByMoreTheLongerItTakes() {
        probe(200_000);
        int some = pace.threads();
        probe(300_000);

        assertThat(some).isGreaterThan(1);
        assertThat(pace.threads()).isGreaterThan(some).isLessThan(16);
    }

    @Test
    void theQuickestCountsForTheOthersWaitedForACore() {
        pace.onAlone(50_000, ++nowNs);
        for (int i = 1; i < SyncPace.PROBES; i++) {
            pace.onAlone(700_000, ++nowNs);
        }

        assertThat(pace.threads()).isOne();
    }

    @Test
    void aProbeOfAVerySlowDiskIsShort() {
        pace.onAlone(20_000_000, ++nowNs);

        assertThat(pace.threads()).isEqualTo(16);
    }

    @Test
    void aDiskIsAskedAnewAndAlone() {
        probe(1_000_000);
        pace.onBegin(nowNs + SyncPace.PROBE_EVERY_NS - 1);
        assertThat(pace.threads()).isEqualTo(16);

        pace.onBegin(nowNs + SyncPace.PROBE_EVERY_NS);
        assertThat(pace.threads()).isOne();

        probe(40_000);
        assertThat(pace.threads()).isOne();
        probe(1_000_000);
        assertThat(pace.threads()).isEqualTo(16);
    }

    private void probe(long tookNs) {
        for (int i = 0; i < SyncPace.PROBES; i++) {
            pace.onAlone(tookNs, ++nowNs);
        }
    }
}
