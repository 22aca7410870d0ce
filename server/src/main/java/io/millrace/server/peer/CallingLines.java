package io.millrace.server.peer;

import io.millrace.cluster.queue.LineCaller;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The lines by which other nodes use the queues of this one, each caller's latest. May be used from any thread.
final class CallingLines {
    private final ConcurrentHashMap<LineCaller, QueueSession> latest = new ConcurrentHashMap<>();

    /// Returns the line that the caller has given up by calling again.
    Optional<QueueSession> called(LineCaller caller, QueueSession line) {
        return Optional.ofNullable(latest.put(caller, line));
    }

    void ended(LineCaller caller, QueueSession line) {
        latest.remove(caller, line);
    }
}
