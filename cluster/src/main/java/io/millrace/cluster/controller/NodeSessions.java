package io.millrace.cluster.controller;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
    private final Map<Integer, Long> heardFresh = new HashMap<>();
    private long lastTurnMs = Long.MIN_VALUE;
    private long freshFromMs = Long.MIN_VALUE;
    private long lastLookMs = Long.MIN_VALUE;

    /// @param timeoutMs silence after which a node is given up
    public NodeSessions(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /// Everybody's time begins anew: this node has just become the controller, or stood still itself.
    public void restart(Collection<Integer> nodes, long nowMs) {
        heard.clear();
        heardFresh.clear();
        lastTurnMs = nowMs;
        nodes.forEach(node -> heard.put(node, nowMs));
        lastLookMs = nowMs;
    }

    public void onHeard(int nodeId, long nowMs) {
        onTurn(nowMs);
        heard.remove(nodeId);
        heard.put(nodeId, nowMs);
        if (nowMs >= freshFromMs) {
            heardFresh.put(nodeId, nowMs);
        }
    }

    /// A controller that has stood still finds heartbeats that were sent long ago, to the controller it was then. For a
    /// while what it hears proves nothing about now.
    private void onTurn(long nowMs) {
        if (lastTurnMs != Long.MIN_VALUE && nowMs - lastTurnMs > timeoutMs / 3) {
            freshFromMs = nowMs + timeoutMs / 2;
        }
        lastTurnMs = nowMs;
    }

    public void forget(int nodeId) {
        heard.remove(nodeId);
        heardFresh.remove(nodeId);
    }

    /// When a node was last known to follow this controller, if it was.
    public OptionalLong heardMs(int nodeId) {
        Long at = heardFresh.get(nodeId);
        return at == null ? OptionalLong.empty() : OptionalLong.of(at);
    }

    /// The nodes silent for too long, each told once. Who looks late has been stopped itself, and what the others sent
    /// meanwhile lies unread: then nobody is silent, and all begin anew.
    public List<Integer> expired(long nowMs) {
        onTurn(nowMs);
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
