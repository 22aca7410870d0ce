package io.millrace.cluster.controller;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Since when voters are known to follow this controller. When a heartbeat is read says nothing about when it was sent:
/// it may have lain there while this process stood still and another was elected. But a node tells with each the time
/// this controller put into the last answer it got, so the heartbeat was sent after that. Kept apart from
/// [NodeSessions], which is generous to the others where this has to be strict with itself.
///
/// Owned by: the metadata loop of the controller. Invariant: no time here is later than when the voter followed.
public final class VoterContact {
    private final Map<Integer, Long> followedMs = new HashMap<>();

    /// This node has just become the controller.
    public void restart() {
        followedMs.clear();
    }

    /// @param answeredMs what [Heartbeat#answeredMs()] says
    public void onHeard(int nodeId, long answeredMs, long nowMs) {
        if (answeredMs != Heartbeat.NO_ANSWER && answeredMs <= nowMs) {
            followedMs.merge(nodeId, answeredMs, Math::max);
        }
    }

    /// When a majority of `voters`, of which `self` is one, was last known to follow this node; nothing when it never
    /// was.
    public OptionalLong majorityMs(Collection<Integer> voters, int self, long nowMs) {
        int othersNeeded = voters.size() / 2;
        if (!voters.contains(self)) {
            return OptionalLong.empty();
        }
        if (othersNeeded == 0) {
            return OptionalLong.of(nowMs);
        }
        List<Long> latestFirst = voters.stream()
                .filter(voter -> voter != self && followedMs.containsKey(voter))
                .map(followedMs::get)
                .sorted(Comparator.reverseOrder())
                .toList();
        return latestFirst.size() < othersNeeded
                ? OptionalLong.empty()
                : OptionalLong.of(latestFirst.get(othersNeeded - 1));
    }
}
