package io.millrace.console.port;

import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Router;
import io.millrace.model.Loop;

/// The queues and the router, to be used on one loop only.
public record QueueAccess(Loop loop, Queues queues, Router router) {}
