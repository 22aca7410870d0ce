package io.millrace.console.port;

import io.millrace.broker.queue.machine.QueueCounts;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.TopicId;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;

/// A snapshot of what the queues of one node hold. Immutable.
///
/// @param hosted those in use; whoever hands the map over keeps no hand on it, for there may be 100,000 to copy
public record Tallies(int nodeId, Map<TopicId, QueueCounts> hosted) {
    private static final QueueCounts NOTHING = new QueueCounts(0, 0, 0, 0, 0, 0, 0, 0);

    public Tallies {
        hosted = Collections.unmodifiableMap(hosted);
    }

    /// Nothing when it is not known here: the queue lives elsewhere, or is on disk and nobody has used it yet.
    public Optional<QueueCounts> of(QueueView queue) {
        QueueCounts known = hosted.get(queue.id());
        if (known != null) {
            return Optional.of(known);
        }
        boolean isUnused = queue.home() instanceof QueueView.Home.InMemory memory && memory.nodeId() == nodeId;
        return isUnused ? Optional.of(NOTHING) : Optional.empty();
    }
}
