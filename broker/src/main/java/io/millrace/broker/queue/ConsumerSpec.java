package io.millrace.broker.queue;

import io.millrace.model.Arguments;

/// A consumer as it was asked for.
///
/// @param tag unique within its channel
/// @param autoAck whether deliveries count as settled when sent
/// @param prefetch how many unsettled deliveries it may have, 0 for any number
/// @param arguments `x-priority`, `x-stream-offset`, `x-cancel-on-ha-failover`, ...
public record ConsumerSpec(String tag, boolean autoAck, boolean exclusive, int prefetch, Arguments arguments) {}
