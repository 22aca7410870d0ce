package io.millrace.console.port;

import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Loop;
import java.util.Optional;
import java.util.function.Function;

/// The queues and the router, to be used on one loop only.
///
/// @param topics finds a topic that an exchange leads to, as a queue
public record QueueAccess(Loop loop, Queues queues, Router router, Function<String, Optional<QueueView>> topics) {}
