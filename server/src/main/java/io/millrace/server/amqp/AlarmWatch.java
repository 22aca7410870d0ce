package io.millrace.server.amqp;

import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.bulletin.BulletinListener;
import io.millrace.cluster.bulletin.Seat;
import io.millrace.model.Clock;
import io.millrace.server.loop.EventLoop;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The alarms of this node and of the others, by which publishers wait at all of them; and how many clients they have.
/// Tells the others what is new here, and the log when an alarm begins and ends, whosever it is.
///
/// Owned by: the loop it looks on; what others say comes inside the metadata loop; asked and ended from any thread.
final class AlarmWatch implements BulletinListener {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmWatch.class);
    private static final long LOOK_MS = 100;

    private final EventLoop loop;
    private final int nodeId;
    private final LocalCluster cluster;
    private final Supplier<OwnAlarms.Room> room;
    private final NodeOccupancy occupancy;
    private final Clock clock;
    private final OwnAlarms state = new OwnAlarms();

    /// Which alarms of this node which others know: not those it has had since a moment ago.
    private record Known(Alarms alarms, Set<Integer> by) {
        boolean isOf(Alarms now, int node) {
            return alarms.equals(now) && by.contains(node);
        }
    }

    private volatile Alarms own = Alarms.NONE;
    private volatile SortedMap<Integer, Alarms> others = Collections.emptySortedMap();
    private volatile Alarms elsewhere = Alarms.NONE;
    private volatile Known known = new Known(Alarms.NONE, Set.of());
    private volatile boolean ended;

    /// @param room as it is now
    AlarmWatch(
            EventLoop loop,
            int nodeId,
            LocalCluster cluster,
            Supplier<OwnAlarms.Room> room,
            NodeOccupancy occupancy,
            Clock clock) {
        this.loop = loop;
        this.nodeId = nodeId;
        this.cluster = cluster;
        this.room = room;
        this.occupancy = occupancy;
        this.clock = clock;
    }

    /// Looks now and then until [#end].
    void watch() {
        cluster.listen(this);
        lookAgain();
    }

    private void lookAgain() {
        loop.after(LOOK_MS, () -> {
            if (!ended) {
                lookAgain();
                look();
            }
        });
    }

    private void look() {
        Alarms before = own;
        Alarms now = state.look(room.get(), clock.monotonicMs());
        Map<Seat, Long> taken = occupancy.changed();
        if (!now.equals(before) || !taken.isEmpty()) {
            own = now;
            cluster.tell(now, taken);
            log(nodeId, before, now);
        }
    }

    private static void log(int node, Alarms before, Alarms now) {
        log(node, "memory", before.memory(), now.memory());
        log(node, "disk", before.disk(), now.disk());
    }

    private static void log(int node, String resource, boolean before, boolean now) {
        if (now && !before) {
            LOG.warn(
                    "event=alarm-set node=millrace@{} resource={} hint=\"publishers wait at all nodes; consumers go on"
                            + " and make room\"",
                    node,
                    resource);
        } else if (before && !now) {
            LOG.info("event=alarm-cleared node=millrace@{} resource={}", node, resource);
        }
    }

    @Override
    public void onAlarms(SortedMap<Integer, Alarms> raised) {
        SortedMap<Integer, Alarms> before = others;
        others = Collections.unmodifiableSortedMap(raised);
        elsewhere = raised.values().stream().reduce(Alarms.NONE, Alarms::or);
        SortedMap<Integer, Alarms> either = new TreeMap<>(before);
        either.putAll(raised);
        either.keySet()
                .forEach(node ->
                        log(node, before.getOrDefault(node, Alarms.NONE), raised.getOrDefault(node, Alarms.NONE)));
    }

    @Override
    public void onTaken(Seat seat, long taken) {
        occupancy.elsewhere(seat, taken);
    }

    @Override
    public void onAlarmsKnown(Alarms alarms, Set<Integer> by) {
        known = new Known(alarms, by);
    }

    /// Of this node.
    Alarms own() {
        return own;
    }

    /// Of any node. Asked with every message that is published.
    boolean isMemoryLow() {
        return own.memory() || elsewhere.memory();
    }

    /// Of any node. Asked with every message that is published.
    boolean isDiskLow() {
        return own.disk() || elsewhere.disk();
    }

    /// Whether publishers of another node wait for an alarm of this one.
    boolean holds(int node) {
        Alarms here = own;
        return here.any() && known.isOf(here, node);
    }

    /// All nodes that have any, by id.
    SortedMap<Integer, Alarms> all() {
        SortedMap<Integer, Alarms> all = new TreeMap<>(others);
        Alarms here = own;
        if (here.any()) {
            all.put(nodeId, here);
        }
        return all;
    }

    void end() {
        ended = true;
    }
}
