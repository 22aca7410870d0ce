package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The queues of the whole cluster, as one loop uses them: finds the node that has a queue, asks it, and asks again
/// when the queue has moved. What waits is looked at whenever a queue moves, and now and then besides.
///
/// Owned by: that loop.
public final class ClusterQueues implements Queues {
    private static final long SOON_MS = 10;
    private static final long LATER_MS_MAX = 160;
    private static final long IDLE_MS = 60_000;

    private final Loop loop;
    private final Clock clock;
    private final QueueWhereabouts whereabouts;
    private final IntFunction<QueueSite> sites;
    private final TopologyChanges changes;
    private final long patienceMs;
    private final Map<TopicId, PublishRoute> routes = new HashMap<>();
    private final Map<TopicId, Set<ClusterHold>> holds = new LinkedHashMap<>();
    private final LinkedHashSet<Waiter> waiting = new LinkedHashSet<>();
    private long delayMs = SOON_MS;
    private long lookedMs = Long.MIN_VALUE / 2;
    private Loop.@Nullable Timer again;
    private boolean sweeping;

    /// Something that waits for a queue to be somewhere.
    interface Waiter {
        void look();
    }

    /// @param sites the queues of a node, by its number, as this loop uses them
    /// @param changes by which queues are deleted that nobody can be asked about
    /// @param patienceMs how long a caller waits for a queue that nobody leads
    public ClusterQueues(
            Loop loop,
            Clock clock,
            QueueWhereabouts whereabouts,
            IntFunction<QueueSite> sites,
            TopologyChanges changes,
            long patienceMs) {
        this.loop = loop;
        this.clock = clock;
        this.whereabouts = whereabouts;
        this.sites = sites;
        this.changes = changes;
        this.patienceMs = patienceMs;
    }

    QueueWhereabouts.Place placeOf(QueueView queue) {
        return whereabouts.of(queue);
    }

    QueueSite site(int nodeId) {
        return sites.apply(nodeId);
    }

    long nowMs() {
        return clock.monotonicMs();
    }

    /// Until when somebody waits who begins now.
    long deadlineMs() {
        return nowMs() + patienceMs;
    }

    /// `waiter` is to look again, soon.
    void await(Waiter waiter) {
        waiting.add(waiter);
        if (again == null) {
            delayMs = nowMs() - lookedMs > LATER_MS_MAX * 2 ? SOON_MS : Math.min(delayMs * 2, LATER_MS_MAX);
            again = loop.after(delayMs, this::onTimer);
        }
    }

    private void onTimer() {
        again = null;
        lookAgain();
    }

    private void lookAgain() {
        lookedMs = nowMs();
        List<Waiter> all = new ArrayList<>(waiting);
        waiting.clear();
        all.forEach(Waiter::look);
    }

    /// These queues, among other things, are led by another node than before, or by nobody.
    public void onMoved(List<TopicId> queues) {
        loop.assertOwned();
        for (TopicId queue : queues) {
            PublishRoute route = routes.get(queue);
            if (route != null) {
                route.onMoved();
            }
            List.copyOf(holds.getOrDefault(queue, Set.of())).forEach(ClusterHold::onMoved);
        }
        delayMs = SOON_MS / 2;
        lookAgain();
    }

    /// Nodes came or went: queues in their memory with them.
    public void onNodes() {
        loop.assertOwned();
        List<ClusterHold> all = new ArrayList<>();
        holds.values().forEach(all::addAll);
        all.forEach(ClusterHold::onMoved);
        List.copyOf(routes.values()).forEach(PublishRoute::onMoved);
        delayMs = SOON_MS / 2;
        lookAgain();
    }

    void opened(ClusterHold hold, QueueView queue) {
        holds.computeIfAbsent(queue.id(), _ -> new LinkedHashSet<>()).add(hold);
    }

    void closed(ClusterHold hold, QueueView queue) {
        waiting.remove(hold);
        holds.computeIfPresent(queue.id(), (_, all) -> {
            all.remove(hold);
            return all.isEmpty() ? null : all;
        });
    }

    @Override
    public void publish(QueueView queue, Message message, Publication publication) {
        PublishRoute route = routes.get(queue.id());
        if (route == null) {
            route = new PublishRoute(queue, this);
            routes.put(queue.id(), route);
            sweepLater();
        }
        route.publish(message, publication);
    }

    /// A route nobody uses needs not be remembered.
    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            loop.after(IDLE_MS, () -> {
                sweeping = false;
                routes.values().removeIf(PublishRoute::isIdle);
                if (!routes.isEmpty()) {
                    sweepLater();
                }
            });
        }
    }

    @Override
    public Hold hold(QueueView queue) {
        return new ClusterHold(queue, this);
    }

    @Override
    public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
        new Question(queue, this, (site, answer) -> site.counts(queue, isUse, answer), reply).look();
    }

    @Override
    public void purge(QueueView queue, Consumer<CountsReply> reply) {
        new Question(queue, this, (site, answer) -> site.purge(queue, answer), reply).look();
    }

    @Override
    public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        Consumer<CountsReply> answered = counts -> {
            if (counts.outcome() == QueueOutcome.DONE) {
                new Farewell(queue, this, () -> reply.accept(counts)).look();
            } else if (counts.outcome() == QueueOutcome.UNAVAILABLE && !ifUnused && !ifEmpty) {
                deleteUnasked(queue, reply);
            } else {
                reply.accept(counts);
            }
        };
        new Question(queue, this, (site, answer) -> site.delete(queue, ifUnused, ifEmpty, answer), answered).look();
    }

    /// Nobody can be asked about it, and there is nothing to ask.
    private void deleteUnasked(QueueView queue, Consumer<CountsReply> reply) {
        changes.submit(
                new TopologyChange.DeleteQueue(queue.ref(), queue.id()),
                done -> reply.accept(new CountsReply(
                        done instanceof TopologyReply.Done ? QueueOutcome.DONE : QueueOutcome.UNAVAILABLE, 0, 0, 0)));
    }
}
