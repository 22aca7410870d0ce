package io.millrace.cluster.bulletin;

import java.util.Set;
import java.util.SortedMap;

/// Hears what this node knows of the others. Called inside the metadata loop.
public interface BulletinListener {
    /// @param raised by other nodes that have any, by node id
    void onAlarms(SortedMap<Integer, Alarms> raised);

    /// So many of a seat are taken at other nodes.
    void onTaken(Seat seat, long taken);

    /// @param alarms of this node, as it told them last
    /// @param by the other nodes that know them
    void onAlarmsKnown(Alarms alarms, Set<Integer> by);
}
