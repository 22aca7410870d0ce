package io.millrace.console.port;

import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Optional;
import java.util.function.BiFunction;

/// The queues and the router, to be used on one loop only.
///
/// @param topics finds a topic that an exchange of a virtual host leads to, as a queue
public record QueueAccess(
        Loop loop, Queues queues, Router router, BiFunction<VhostName, QueueName, Optional<QueueView>> topics) {}
