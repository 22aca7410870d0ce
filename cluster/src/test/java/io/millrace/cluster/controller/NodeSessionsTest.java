package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeSessionsTest {
    private final NodeSessions sessions = new NodeSessions(1_000);

    @Test
    void theSilentAreToldOnce() {
        sessions.restart(List.of(1, 2), 0);
        for (long nowMs = 100; nowMs < 1_000; nowMs += 100) {
            sessions.onHeard(2, nowMs);
            assertThat(sessions.expired(nowMs)).isEmpty();
        }

        assertThat(sessions.expired(1_000)).containsExactly(1);
        assertThat(sessions.expired(1_100)).isEmpty();
    }

    @Test
    void whoLooksLateFindsNobodySilent() {
        sessions.restart(List.of(1), 0);

        assertThat(sessions.expired(5_000)).isEmpty();
        assertThat(sessions.heardMs(1)).hasValue(5_000);
    }
}
