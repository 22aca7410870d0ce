package io.millrace.cluster.bulletin;

import io.millrace.cluster.bulletin.Bulletin.Count;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// What other nodes have told this one of themselves.
///
/// Owned by: the metadata loop. Invariant: who is not there, or was silent for [#SILENT_MS_MAX], counts no more; the
/// listener knows the sums as they are.
public final class BulletinBoard {
    /// RabbitMQ gives a node up after about as long.
    public static final long SILENT_MS_MAX = 10_000;

    /// Of one node; what it has beyond is not counted.
    static final int SEATS_MAX = 100_000;

    private final BulletinListener listener;
    private final SortedMap<Integer, Heard> heard = new TreeMap<>();
    private final Map<Seat, Long> totals = new HashMap<>();
    private SortedMap<Integer, Alarms> raised = new TreeMap<>();

    public BulletinBoard(BulletinListener listener) {
        this.listener = listener;
    }

    /// Of one life of a node.
    private static final class Heard {
        private final long nodeEpoch;
        private final Map<Seat, Long> taken = new LinkedHashMap<>();
        private Alarms alarms = Alarms.NONE;
        private long number;
        private long heardMs;

        Heard(long nodeEpoch) {
            this.nodeEpoch = nodeEpoch;
        }

        boolean isLaterThan(Bulletin bulletin) {
            return nodeEpoch > bulletin.nodeEpoch()
                    || (nodeEpoch == bulletin.nodeEpoch() && number >= bulletin.number());
        }
    }

    /// Takes what a node says that is there.
    ///
    /// @return whether that is all there is to know; otherwise it is to begin anew
    public boolean hear(Bulletin bulletin, long nowMs) {
        Heard known = heard.get(bulletin.nodeId());
        if (known != null && known.isLaterThan(bulletin)) {
            return true; // it was overtaken: nobody waits for the answer any more
        }
        if (bulletin.isFirst()) {
            forget(bulletin.nodeId());
            known = new Heard(bulletin.nodeEpoch());
            heard.put(bulletin.nodeId(), known);
        }
        if (known == null || known.nodeEpoch != bulletin.nodeEpoch()) {
            return false;
        }
        known.number = bulletin.number();
        known.heardMs = nowMs;
        known.alarms = bulletin.alarms();
        for (Count count : bulletin.counts()) {
            count(known, count.seat(), count.taken());
        }
        tellAlarms();
        return true;
    }

    private void count(Heard known, Seat seat, long taken) {
        if (taken > 0 && known.taken.size() >= SEATS_MAX && !known.taken.containsKey(seat)) {
            return;
        }
        Long before = taken > 0 ? known.taken.put(seat, taken) : known.taken.remove(seat);
        add(seat, taken - (before == null ? 0 : before));
    }

    private void add(Seat seat, long more) {
        if (more != 0) {
            Long total = totals.merge(seat, more, (one, other) -> one + other == 0 ? null : one + other);
            listener.onTaken(seat, total == null ? 0 : total);
        }
    }

    /// Who of the others is there; what the rest said counts no more.
    public void keep(SortedSet<Integer> nodes) {
        forgetAll(heard.keySet().stream().filter(node -> !nodes.contains(node)).toList());
    }

    /// Forgets who fell silent.
    public void look(long nowMs) {
        List<Integer> silent = new ArrayList<>();
        heard.forEach((node, known) -> {
            if (nowMs - known.heardMs >= SILENT_MS_MAX) {
                silent.add(node);
            }
        });
        forgetAll(silent);
    }

    private void forgetAll(List<Integer> nodes) {
        nodes.forEach(this::forget);
        tellAlarms();
    }

    private void forget(int node) {
        Heard gone = heard.remove(node);
        if (gone != null) {
            gone.taken.forEach((seat, taken) -> add(seat, -taken));
        }
    }

    private void tellAlarms() {
        SortedMap<Integer, Alarms> now = new TreeMap<>();
        heard.forEach((node, known) -> {
            if (known.alarms.any()) {
                now.put(node, known.alarms);
            }
        });
        if (!now.equals(raised)) {
            raised = now;
            listener.onAlarms(new TreeMap<>(now));
        }
    }
}
