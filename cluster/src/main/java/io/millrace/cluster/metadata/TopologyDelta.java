package io.millrace.cluster.metadata;

import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What differs between two topologies as far as queues go, found without looking at what does not. A queue deleted and
/// declared again under its name is one deleted and one created queue.
public record TopologyDelta(List<QueueView> created, List<QueueView> deleted, List<QueueView> changed) {
    public static final TopologyDelta NONE = new TopologyDelta(List.of(), List.of(), List.of());

    static TopologyDelta between(Topology before, Topology after, Collection<QueueRef> touched) {
        if (touched.isEmpty()) {
            return NONE;
        }
        List<QueueView> created = new ArrayList<>();
        List<QueueView> deleted = new ArrayList<>();
        List<QueueView> changed = new ArrayList<>();
        for (QueueRef ref : touched) {
            Optional<QueueView> then = find(before, ref);
            Optional<QueueView> now = find(after, ref);
            boolean isSame = then.isPresent()
                    && now.isPresent()
                    && then.get().id().equals(now.get().id());
            if (isSame) {
                changed.add(now.get());
            } else {
                now.ifPresent(created::add);
                then.ifPresent(deleted::add);
            }
        }
        return new TopologyDelta(List.copyOf(created), List.copyOf(deleted), List.copyOf(changed));
    }

    /// What differs between two images of which neither began as the other. Looks at everything.
    static TopologyDelta all(TopologyImage before, TopologyImage after) {
        if (before.isWithoutQueues()) {
            return new TopologyDelta(queues(after), List.of(), List.of());
        }
        Set<QueueRef> either = new TreeSet<>();
        for (TopologyImage one : List.of(before, after)) {
            for (VhostImage vhost : one.vhosts.values()) {
                vhost.queuesByName().values().forEach(queue -> either.add(queue.ref()));
                vhost.delays().values().forEach(queue -> either.add(queue.ref()));
            }
        }
        return between(before, after, either);
    }

    private static List<QueueView> queues(TopologyImage image) {
        List<QueueView> queues = new ArrayList<>();
        for (VhostImage vhost : image.vhosts.values()) {
            queues.addAll(vhost.queuesByName().values());
            queues.addAll(vhost.delays().values());
        }
        return Collections.unmodifiableList(queues);
    }

    private static Optional<QueueView> find(Topology topology, QueueRef ref) {
        return topology.vhost(ref.vhost()).flatMap(vhost -> vhost.anyQueue(ref.name()));
    }

    public boolean isEmpty() {
        return created.isEmpty() && deleted.isEmpty() && changed.isEmpty();
    }
}
