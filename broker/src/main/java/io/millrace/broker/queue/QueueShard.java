package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.queue.machine.QueueSettings;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The queues of one loop. A queue is hosted from its first use on.
///
/// Owned by: its loop.
public final class QueueShard {
    private final QueueSurroundings around;
    private final QueuePlaces places;
    private final Map<TopicId, QueueHost> hosts = new HashMap<>();

    public QueueShard(QueueSurroundings around, QueuePlaces places) {
        this.around = around;
        this.places = places;
    }

    Loop loop() {
        return around.loop();
    }

    /// The queue, if it lives here and has not gone.
    Optional<QueueHost> host(QueueView queue) {
        around.loop().assertOwned();
        QueueHost known = hosts.get(queue.id());
        if (known != null) {
            return Optional.of(known);
        }
        if (!places.isHere(queue)) {
            return Optional.empty();
        }
        QueueHost host = new QueueHost(queue, settings(queue), around);
        hosts.put(queue.id(), host);
        return Optional.of(host);
    }

    private static QueueSettings settings(QueueView queue) {
        return QueueArguments.settings(queue);
    }

    /// The queue was deleted. May be called from any thread.
    public void onDeleted(QueueView queue) {
        around.loop().run(() -> {
            QueueHost host = hosts.remove(queue.id());
            if (host != null) {
                host.close();
            }
        });
    }

    /// What the queues hold that are in use.
    public void forEachHosted(BiConsumer<TopicId, QueueCounts> action) {
        around.loop().assertOwned();
        hosts.forEach((id, host) -> action.accept(id, host.counts()));
    }

    public int hosted() {
        return hosts.size();
    }
}
