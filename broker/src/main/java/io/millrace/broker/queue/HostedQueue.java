package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.QueueCounts;

/// A queue in use, for whoever watches: what it holds and what went through it.
public record HostedQueue(QueueCounts counts, QueueTraffic traffic) {}
