package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What a mistyped key is taken for.
class NearestKeyTest {
    private static final List<String> KNOWN = List.of("listeners.http", "listeners.kafka", "network.idle-ms");

    @Test
    void distanceCountsInsertionsDeletionsAndReplacements() {
        assertThat(NearestKey.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestKey.distance("", "abc")).isEqualTo(3);
        assertThat(NearestKey.distance("same", "same")).isZero();
    }

    @Test
    void findsTheNearestAndTheForgottenSection() {
        assertThat(NearestKey.to("listener.kafka", KNOWN)).contains("listeners.kafka");
        assertThat(NearestKey.to("idle-ms", KNOWN)).contains("network.idle-ms");
    }

    @Test
    void saysNothingWhenNothingIsNear() {
        assertThat(NearestKey.to("colour", KNOWN)).isEmpty();
    }
}
