package io.millrace.simulator.world;

import io.millrace.simulator.world.World.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Events in the order of their time. Those that are far off wait in bulk, and most of them, time limits of what is
/// answered soon, are called off before they have cost anything.
///
/// Owned by: the thread of the simulation.
final class EventQueue {
    private static final long SPAN_NS = 32 * World.MS;

    private final PriorityQueue<Event> near = new PriorityQueue<>();
    private final TreeMap<Long, List<Event>> far = new TreeMap<>();
    private long nearEndNs = SPAN_NS;

    void add(Event event) {
        if (event.dueNs < nearEndNs) {
            near.add(event);
        } else {
            far.computeIfAbsent(event.dueNs / SPAN_NS, _ -> new ArrayList<>()).add(event);
        }
    }

    /// The next event, called off or not; null when there is none.
    @Nullable
    Event poll() {
        while (near.isEmpty()) {
            Map.Entry<Long, List<Event>> next = far.pollFirstEntry();
            if (next == null) {
                return null;
            }
            nearEndNs = (next.getKey() + 1) * SPAN_NS;
            for (Event event : next.getValue()) {
                if (!event.isCalledOff()) {
                    near.add(event);
                }
            }
        }
        return near.poll();
    }
}
