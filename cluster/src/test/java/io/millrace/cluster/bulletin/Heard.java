package io.millrace.cluster.bulletin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Keeps what a node knows of the others, and how often it was told of alarms.
public final class Heard implements BulletinListener {
    public final Map<Seat, Long> taken = new LinkedHashMap<>();
    public final List<SortedMap<Integer, Alarms>> raised = new ArrayList<>();
    /// Of the node itself, and who knows them.
    public Alarms told = Alarms.NONE;

    public Set<Integer> knownBy = Set.of();

    @Override
    public void onAlarms(SortedMap<Integer, Alarms> now) {
        raised.add(now);
    }

    @Override
    public void onTaken(Seat seat, long count) {
        if (count == 0) {
            taken.remove(seat);
        } else {
            taken.put(seat, count);
        }
    }

    @Override
    public void onAlarmsKnown(Alarms alarms, Set<Integer> by) {
        told = alarms;
        knownBy = by;
    }

    public SortedMap<Integer, Alarms> alarms() {
        return raised.isEmpty() ? new TreeMap<>() : raised.getLast();
    }
}
