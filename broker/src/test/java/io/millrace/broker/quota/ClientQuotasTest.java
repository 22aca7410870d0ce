package io.millrace.broker.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Principal;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import org.junit.jupiter.api.Test;

/// Rates of clients, with time as an argument.
class ClientQuotasTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final ClientQuotas quotas = new ClientQuotas(new QuotaLimits(1_000, 0));
    private final ClientQuotas fetching = new ClientQuotas(new QuotaLimits(0, 1_000));

    private int produced(String clientId, long bytes, long nowNs) {
        return quotas.charge(Traffic.PRODUCE, Principal.ANONYMOUS, clientId, bytes, nowNs);
    }

    private int fetched(long bytes, long nowNs) {
        return fetching.admit(Traffic.FETCH, Principal.ANONYMOUS, "a", bytes, nowNs);
    }

    @Test
    void aSecondsWorthIsFreeAndWhatIsBeyondIsWaitedFor() {
        assertThat(produced("a", 1_000, 0)).isZero();
        assertThat(produced("a", 500, 0)).isEqualTo(500);
        assertThat(produced("a", 500, 0)).isEqualTo(1_000);
        assertThat(produced("a", 0, SECOND_NS)).isZero();
    }

    @Test
    void clientIdsAreLimitedOneByOneAndOnlyInWhatHasALimit() {
        assertThat(produced("a", 5_000, 0)).isEqualTo(4_000);
        assertThat(produced("b", 1_000, 0)).isZero();
        assertThat(quotas.charge(Traffic.FETCH, Principal.ANONYMOUS, "a", 1L << 40, 0))
                .isZero();
    }

    @Test
    void noMoreThanASecondIsSaved() {
        produced("a", 1, 0);

        assertThat(produced("a", 2_000, 3_600 * SECOND_NS)).isEqualTo(1_000);
    }

    @Test
    void aMonstrousRequestIsAWaitAndNotAnOverflow() {
        assertThat(produced("a", Long.MAX_VALUE, 0)).isEqualTo(10_000);
        assertThat(produced("a", Long.MAX_VALUE, 1)).isEqualTo(10_000);
    }

    @Test
    void whatManyTookTogetherIsForgottenInTheEnd() {
        for (int connection = 0; connection < 1_000; connection++) {
            produced("rdkafka", 100_000, 0);
        }

        assertThat(produced("rdkafka", 0, 0)).isEqualTo(10_000);
        assertThat(produced("rdkafka", 0, 10 * SECOND_NS)).isZero();
    }

    @Test
    void whatIsAskedForCountsOnlyWhenItIsAdmitted() {
        assertThat(fetched(600, 0)).isZero();
        assertThat(fetched(600, 0)).isEqualTo(200);
        assertThat(fetched(600, 0)).as("the one refused was free").isEqualTo(200);
        assertThat(fetched(400, 0)).isZero();
        assertThat(fetched(600, 600_000_000)).isZero();
    }

    @Test
    void whatIsMoreThanCanBeSavedIsAdmittedWhenAllIsSaved() {
        assertThat(fetched(3_000, 0)).isZero();
        assertThat(fetched(3_000, 0)).as("two seconds owed, and one to save").isEqualTo(3_000);
        assertThat(fetched(3_000, 3 * SECOND_NS - 1)).isEqualTo(1);
        assertThat(fetched(3_000, 3 * SECOND_NS)).isZero();
    }

    @Test
    void whatIsAtOnceIsASecondsWorth() {
        assertThat(fetching.bytesAtOnce(Traffic.FETCH, Principal.ANONYMOUS, "a"))
                .isEqualTo(1_000);
        assertThat(fetching.bytesAtOnce(Traffic.PRODUCE, Principal.ANONYMOUS, "a"))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(fetching.admit(Traffic.PRODUCE, Principal.ANONYMOUS, "a", 1L << 40, 0))
                .isZero();
    }

    @Property
    void whoIsAdmittedNeverHasMoreThanTheRateAndOneSecond(SeededRandomness randomness) {
        long nowNs = 0;
        long sent = 0;
        for (int i = 0; i < 200; i++) {
            int bytes = randomness.nextInt(1_001);
            int waitMs = fetched(bytes, nowNs);
            if (waitMs > 0) {
                nowNs += waitMs * 1_000_000L;
                assertThat(fetched(bytes, nowNs)).as("who waits as told").isZero();
            }
            sent += bytes;
            assertThat(sent).isLessThanOrEqualTo(nowNs / 1_000_000 + 1_000 + 1);
        }
    }

    @Test
    void onlySoManyClientsAreRememberedAndTheSilentAreForgotten() {
        for (int i = 0; i < ClientQuotas.CLIENTS_MAX; i++) {
            produced("client-" + i, 3_000, 0);
        }
        produced("client-0", 0, 0);
        produced("one more", 0, 0);

        assertThat(quotas.clients()).isEqualTo(ClientQuotas.CLIENTS_MAX);
        assertThat(produced("client-0", 0, 0)).as("spoke last, is remembered").isEqualTo(2_000);
        assertThat(produced("client-1", 0, 0)).as("was forgotten").isZero();
    }

    @Test
    void longIdsAreCut() {
        String begin = "x".repeat(ClientQuotas.ID_CHARS_MAX);

        produced(begin + "a", 3_000, 0);

        assertThat(produced(begin + "b", 0, 0)).isEqualTo(2_000);
    }

    @Property
    void whoWaitsAsToldNeverHasMoreThanTheRateAndOneSecond(SeededRandomness randomness) {
        long nowNs = 0;
        long sent = 0;
        for (int i = 0; i < 200; i++) {
            int bytes = randomness.nextInt(5_000);
            sent += bytes;
            nowNs += produced("a", bytes, nowNs) * 1_000_000L + randomness.nextInt(1_000);
        }

        assertThat(sent).isLessThanOrEqualTo(nowNs / 1_000_000 + 1_000 + 1);
    }
}
