package io.millrace.broker.queue;

import io.millrace.model.TopicId;
import java.util.LinkedHashMap;
import java.util.Map;

/// Keeps the order of messages whose queue went and came back while they were on their way: what follows a message that
/// was refused is refused too, until the caller tries again from there.
///
/// Owned by: one loop, for one caller. Invariant: remembers no more than [#REMEMBERED_MAX] queues; past that the order
/// of those refused longest ago is left to luck.
public final class PublishGate {
    static final int REMEMBERED_MAX = 10_000;

    private final LinkedHashMap<TopicId, Integer> shut = new LinkedHashMap<>();

    /// Whether a message of this attempt comes behind one that was refused. A later attempt opens the gate.
    public boolean isShut(TopicId queue, int attempt) {
        if (shut.isEmpty()) {
            return false;
        }
        Integer refused = shut.get(queue);
        if (refused == null) {
            return false;
        }
        if (attempt > refused) {
            shut.remove(queue);
            return false;
        }
        return true;
    }

    public void shut(TopicId queue, int attempt) {
        shut.merge(queue, attempt, Math::max);
        if (shut.size() > REMEMBERED_MAX) {
            Map.Entry<TopicId, Integer> eldest = shut.firstEntry();
            shut.remove(eldest.getKey());
        }
    }
}
