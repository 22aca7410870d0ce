package io.millrace.broker.group;

import java.util.LinkedHashMap;
import java.util.Map;

/// Member ids that a group has handed out and that nobody has joined with yet (KIP-394), each with the time at which it
/// is forgotten.
///
/// Owned by: the shard.
final class PendingMembers {
    private final Footprint footprint;
    private final Map<String, Deadlines.Deadline> deadlines = new LinkedHashMap<>();

    PendingMembers(Footprint footprint) {
        this.footprint = footprint;
    }

    boolean has(String memberId) {
        return deadlines.containsKey(memberId);
    }

    int count() {
        return deadlines.size();
    }

    void add(String memberId, Deadlines.Deadline deadline) {
        deadlines.put(memberId, deadline);
        footprint.addPending(memberId);
    }

    /// It was used, given back, or its time is up.
    void forget(String memberId) {
        Deadlines.Deadline deadline = deadlines.remove(memberId);
        if (deadline != null) {
            deadline.cancel();
            footprint.removePending(memberId);
        }
    }
}
