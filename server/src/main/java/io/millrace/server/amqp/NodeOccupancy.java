package io.millrace.server.amqp;

import io.millrace.amqp.session.Occupancy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How many connections and channels are open on this node, by whom. May be used from any thread.
final class NodeOccupancy implements Occupancy {
    private final Map<Place, Long> taken = new ConcurrentHashMap<>();

    @Override
    public boolean enter(Place place, long most) {
        boolean[] entered = {false};
        taken.compute(place, (same, count) -> {
            long before = count == null ? 0 : count;
            entered[0] = before < most;
            long now = entered[0] ? before + 1 : before;
            return now == 0 ? null : now;
        });
        return entered[0];
    }

    @Override
    public void leave(Place place) {
        taken.computeIfPresent(place, (same, count) -> count == 1 ? null : count - 1);
    }
}
