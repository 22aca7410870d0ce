package io.millrace.broker.queue.machine;

/// A message that is not due yet.
public record DelayedMessage(long dueAtMs, long offset) {}
