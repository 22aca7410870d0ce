package io.millrace.cluster.metadata;

import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.Topology;
import io.millrace.model.QueueName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What differs between two topologies as far as queues go, found without looking at what does not. A queue deleted and
/// declared again under its name is one deleted and one created queue.
public record TopologyDelta(List<QueueView> created, List<QueueView> deleted, List<QueueView> changed) {
    public static final TopologyDelta NONE = new TopologyDelta(List.of(), List.of(), List.of());

    /// One look-up in two trees costs as much as walking past so many queues.
    private static final int LOOKUPS_WORTH_A_WALK = 16;

    private static final int MANY = 1_000;

    /// @param touched the queues that may differ
    static TopologyDelta between(TopologyImage before, TopologyImage after, Collection<QueueRef> touched) {
        if (touched.isEmpty()) {
            return NONE;
        }
        if (touched.size() > MANY && touched.size() > after.queueCount() / LOOKUPS_WORTH_A_WALK) {
            return all(before, after);
        }
        Found found = new Found();
        for (QueueRef ref : touched) {
            found.add(find(before, ref), find(after, ref));
        }
        return found.delta();
    }

    /// What differs between two images. Looks at everything, once.
    static TopologyDelta all(TopologyImage before, TopologyImage after) {
        Found found = new Found();
        for (VhostImage vhost : after.vhosts.values()) {
            VhostImage was = before.vhosts.get(vhost.name());
            found.addAll(was == null ? VhostImage.empty(vhost.name()) : was, vhost);
        }
        for (VhostImage vhost : before.vhosts.values()) {
            if (after.vhosts.get(vhost.name()) == null) {
                found.addAll(vhost, VhostImage.empty(vhost.name()));
            }
        }
        return found.delta();
    }

    private static Optional<QueueView> find(Topology topology, QueueRef ref) {
        return topology.vhost(ref.vhost()).flatMap(vhost -> vhost.anyQueue(ref.name()));
    }

    public boolean isEmpty() {
        return created.isEmpty() && deleted.isEmpty() && changed.isEmpty();
    }

    /// What was found to differ.
    ///
    /// Owned by: the call that made it.
    private static final class Found {
        private final List<QueueView> created = new ArrayList<>();
        private final List<QueueView> deleted = new ArrayList<>();
        private final List<QueueView> changed = new ArrayList<>();

        void addAll(VhostImage before, VhostImage after) {
            addAll(before.queuesByName(), after.queuesByName());
            addAll(before.delays(), after.delays());
        }

        /// Walks both, which are in the order of names; what did not change is the same object in both.
        private void addAll(PersistentTree<QueueName, QueueView> before, PersistentTree<QueueName, QueueView> after) {
            if (before == after) {
                return;
            }
            Iterator<QueueView> olds = before.values().iterator();
            Iterator<QueueView> news = after.values().iterator();
            QueueView was = next(olds);
            QueueView is = next(news);
            while (was != null || is != null) {
                int side = side(was, is);
                if (was != is) {
                    add(Optional.ofNullable(side <= 0 ? was : null), Optional.ofNullable(side >= 0 ? is : null));
                }
                was = side <= 0 ? next(olds) : was;
                is = side >= 0 ? next(news) : is;
            }
        }

        /// Negative when the old one comes first.
        private static int side(@Nullable QueueView was, @Nullable QueueView is) {
            if (was == null || is == null) {
                return was == null ? 1 : -1;
            }
            return was.ref().name().compareTo(is.ref().name());
        }

        private static @Nullable QueueView next(Iterator<QueueView> queues) {
            return queues.hasNext() ? queues.next() : null;
        }

        void add(Optional<QueueView> then, Optional<QueueView> now) {
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

        TopologyDelta delta() {
            return new TopologyDelta(
                    Collections.unmodifiableList(created),
                    Collections.unmodifiableList(deleted),
                    Collections.unmodifiableList(changed));
        }
    }
}
