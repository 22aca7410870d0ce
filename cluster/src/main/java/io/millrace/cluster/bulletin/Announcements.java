package io.millrace.cluster.bulletin;

import io.millrace.cluster.bulletin.Bulletin.Count;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What this node has to tell the others of itself, and what of it each of them knows.
///
/// Owned by: the metadata loop. Invariant: what a node has not said it knows is told again.
public final class Announcements {
    private final Map<Seat, Long> taken = new LinkedHashMap<>();
    private final SortedMap<Integer, Addressee> others = new TreeMap<>();
    private Alarms alarms = Alarms.NONE;
    /// Of the last bulletin to anybody: whoever is forgotten and comes back still knows what it heard.
    private long number;

    /// Another node.
    private static final class Addressee {
        private final Set<Seat> untold;
        /// What was sent before is not meant for it: it has not been here since.
        private final long since;
        private Alarms known = Alarms.NONE;
        private boolean isBegun;

        Addressee(Set<Seat> all, long since) {
            this.untold = new LinkedHashSet<>(all);
            this.since = since;
        }
    }

    /// @param changed by how many clients seats are taken now
    public void change(Alarms now, Map<Seat, Long> changed) {
        alarms = now;
        changed.forEach((seat, count) -> {
            if (count > 0) {
                taken.put(seat, count);
            } else {
                taken.remove(seat);
            }
        });
        others.values().forEach(other -> other.untold.addAll(changed.keySet()));
    }

    /// Whom to tell from now on. Who comes, or comes back, is told everything.
    public void keep(SortedSet<Integer> nodes) {
        others.keySet().retainAll(nodes);
        nodes.forEach(this::other);
    }

    private Addressee other(int node) {
        return others.computeIfAbsent(node, _ -> new Addressee(taken.keySet(), number));
    }

    /// What to tell a node next, news or not.
    public Bulletin next(int to, int nodeId, long nodeEpoch) {
        Addressee other = other(to);
        return new Bulletin(
                nodeId,
                nodeEpoch,
                ++number,
                !other.isBegun,
                alarms,
                other.untold.stream()
                        .limit(Bulletin.COUNTS_MAX)
                        .map(seat -> new Count(seat, taken.getOrDefault(seat, 0L)))
                        .toList());
    }

    /// A node has answered.
    ///
    /// @param isKnown whether it knows what it was told, with all that was told before; otherwise it is told all again
    public void answered(int by, Bulletin told, boolean isKnown) {
        Addressee other = other(by);
        if (told.number() <= other.since) {
            return;
        }
        if (!isKnown) {
            other.isBegun = false;
            other.known = Alarms.NONE;
            other.untold.addAll(taken.keySet());
            return;
        }
        other.isBegun = true;
        other.known = told.alarms();
        for (Count count : told.counts()) {
            if (taken.getOrDefault(count.seat(), 0L) == count.taken()) {
                other.untold.remove(count.seat());
            }
        }
    }

    /// Whether a node does not know something it should.
    public boolean hasNews(int node) {
        Addressee other = other(node);
        return !other.isBegun || !other.untold.isEmpty() || !other.known.equals(alarms);
    }

    /// Of this node, now.
    public Alarms alarms() {
        return alarms;
    }

    /// Who knows them.
    public Set<Integer> alarmsKnownBy() {
        Set<Integer> nodes = new TreeSet<>();
        others.forEach((node, other) -> {
            if (other.isBegun && other.known.equals(alarms)) {
                nodes.add(node);
            }
        });
        return nodes;
    }
}
