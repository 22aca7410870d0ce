package io.millrace.broker.queue.machine;

/// Who holds deliveries: a consumer, or a channel that gets single messages. Numbered by the host, never used twice on
/// one queue.
public record ConsumerKey(long number) {}
