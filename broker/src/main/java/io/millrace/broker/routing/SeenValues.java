package io.millrace.broker.routing;

import io.millrace.broker.message.DeduplicationKey;
import java.util.LinkedHashMap;
import java.util.Map;

/// The values one de-duplicating exchange has seen, each for a time; those seen longest ago go when there are too many.
///
/// Owned by: whoever guards it.
public final class SeenValues {
    private static final long FOREVER = Long.MAX_VALUE;

    /// Until when each is remembered, in the order in which they came.
    private final LinkedHashMap<DeduplicationKey, Long> untilMs = new LinkedHashMap<>();

    /// Whether the value is none of those that are remembered. It is from now on.
    ///
    /// @param ttlMs for how long, 0 for as long as there is room
    /// @param most how many may be remembered
    public boolean isFirst(DeduplicationKey value, long ttlMs, long nowMs, long most) {
        Long known = untilMs.get(value);
        if (known != null && known > nowMs) {
            return false;
        }
        untilMs.remove(value);
        makeRoom(nowMs, most);
        untilMs.putLast(value, ttlMs == 0 || ttlMs > FOREVER - nowMs ? FOREVER : nowMs + ttlMs);
        return true;
    }

    private void makeRoom(long nowMs, long most) {
        Map.Entry<DeduplicationKey, Long> eldest = untilMs.firstEntry();
        while (eldest != null && (untilMs.size() >= most || eldest.getValue() <= nowMs)) {
            untilMs.pollFirstEntry();
            eldest = untilMs.firstEntry();
        }
    }

    public void forget(DeduplicationKey value) {
        untilMs.remove(value);
    }

    public void clear() {
        untilMs.clear();
    }

    public int size() {
        return untilMs.size();
    }
}
