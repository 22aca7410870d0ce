package io.millrace.server.queue;

import io.millrace.model.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which of many things were told in the last minute, as far as it remembers: the longest untold is forgotten first.
/// May be used from any thread.
///
/// @param <T> what is told of
final class OncePerMinute<T> {
    private static final long AGAIN_MS = 60_000;
    private static final int REMEMBERED_MAX = 1_000;

    private final Clock clock;
    private final Map<T, Long> toldMs = new LinkedHashMap<>();

    OncePerMinute(Clock clock) {
        this.clock = clock;
    }

    /// Whether it is to be told now.
    synchronized boolean isNew(T subject) {
        long nowMs = clock.monotonicMs();
        Long before = toldMs.get(subject);
        if (before != null && nowMs - before < AGAIN_MS) {
            return false;
        }
        toldMs.remove(subject);
        toldMs.put(subject, nowMs);
        if (toldMs.size() > REMEMBERED_MAX) {
            toldMs.remove(toldMs.keySet().iterator().next());
        }
        return true;
    }
}
