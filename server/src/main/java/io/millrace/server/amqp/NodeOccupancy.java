package io.millrace.server.amqp;

import io.millrace.amqp.session.Occupancy;
import io.millrace.cluster.bulletin.Seat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// How many connections and channels are open, by whom: on this node as they are, on others as these said last. May be
/// used from any thread.
final class NodeOccupancy implements Occupancy {
    private final Map<Seat, Long> taken = new ConcurrentHashMap<>();
    private final Map<Seat, Long> elsewhere = new ConcurrentHashMap<>();
    private final Set<Seat> changed = ConcurrentHashMap.newKeySet();

    @Override
    public boolean enter(Place wanted, long most) {
        Seat seat = seat(wanted);
        long left = most - elsewhere.getOrDefault(seat, 0L);
        boolean[] entered = {false};
        taken.compute(seat, (same, count) -> {
            long before = count == null ? 0 : count;
            entered[0] = before < left;
            long now = entered[0] ? before + 1 : before;
            return now == 0 ? null : now;
        });
        if (entered[0]) {
            changed.add(seat);
        }
        return entered[0];
    }

    @Override
    public void leave(Place left) {
        Seat seat = seat(left);
        taken.computeIfPresent(seat, (same, count) -> count == 1 ? null : count - 1);
        changed.add(seat);
    }

    private static Seat seat(Place wanted) {
        return switch (wanted) {
            case Place.VhostConnection(String vhost) -> new Seat(Seat.Kind.VHOST_CONNECTION, vhost);
            case Place.UserConnection(String user) -> new Seat(Seat.Kind.USER_CONNECTION, user);
            case Place.UserChannel(String user) -> new Seat(Seat.Kind.USER_CHANNEL, user);
        };
    }

    /// So many are taken at other nodes.
    void elsewhere(Seat seat, long count) {
        if (count == 0) {
            elsewhere.remove(seat);
        } else {
            elsewhere.put(seat, count);
        }
    }

    /// What has changed here since this was last asked.
    Map<Seat, Long> changed() {
        Map<Seat, Long> now = new LinkedHashMap<>();
        for (Iterator<Seat> each = changed.iterator(); each.hasNext(); ) {
            Seat seat = each.next();
            each.remove(); // first: what changes from here on is told the next time
            now.put(seat, taken.getOrDefault(seat, 0L));
        }
        return now;
    }
}
