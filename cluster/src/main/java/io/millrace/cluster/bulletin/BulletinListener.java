package io.millrace.cluster.bulletin;

import java.util.SortedMap;

/// Hears what this node knows of the others. Called inside the metadata loop.
public interface BulletinListener {
    /// @param raised by other nodes that have any, by node id
    void onAlarms(SortedMap<Integer, Alarms> raised);

    /// So many of a seat are taken at other nodes.
    void onTaken(Seat seat, long taken);

    /// @param everywhere whether all other nodes know the alarms of this one as they are
    void onAlarmsKnown(boolean everywhere);
}
