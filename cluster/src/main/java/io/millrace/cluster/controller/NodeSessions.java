package io.millrace.cluster.controller;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// When the controller last heard of each other node. A heartbeat costs a constant, and a look for the silent ones as
/// much as there are of them: the map is in the order in which nodes were heard.
///
/// Owned by: the metadata loop of the controller.
public final class NodeSessions {
    private final long timeoutMs;
    private final Map<Integer, Long> heard = new LinkedHashMap<>();
    private long lastLookMs = Long.MIN_VALUE;

    /// @param timeoutMs silence after which a node is given up
    public NodeSessions(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /// Everybody's time begins anew: this node has just become the controller, or stood still itself.
    public void restart(Collection<Integer> nodes, long nowMs) {
        heard.clear();
        nodes.forEach(node -> heard.put(node, nowMs));
        lastLookMs = nowMs;
    }

    public void onHeard(int nodeId, long nowMs) {
        heard.remove(nodeId);
        heard.put(nodeId, nowMs);
    }

    public void forget(int nodeId) {
        heard.remove(nodeId);
    }

    /// When a node was last heard of, if it was. Heartbeats that lay unread count as well: what the controller may do
    /// itself hangs on [VoterContact].
    public OptionalLong heardMs(int nodeId) {
        Long at = heard.get(nodeId);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    /// The nodes silent for too long, each told once. Who looks late has been stopped itself, and what the others sent
    /// meanwhile lies unread: then nobody is silent, and all begin anew.
    public List<Integer> expired(long nowMs) {
        boolean stoodStill = lastLookMs != Long.MIN_VALUE && nowMs - lastLookMs > timeoutMs / 2;
        lastLookMs = nowMs;
        if (stoodStill) {
            restart(List.copyOf(heard.keySet()), nowMs);
            return List.of();
        }
        List<Integer> silent = new ArrayList<>();
        for (Map.Entry<Integer, Long> each : heard.entrySet()) {
            if (nowMs - each.getValue() < timeoutMs) {
                break;
            }
            silent.add(each.getKey());
        }
        silent.forEach(heard::remove);
        return silent;
    }
}
