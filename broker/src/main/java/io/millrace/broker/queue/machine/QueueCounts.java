package io.millrace.broker.queue.machine;

/// How much a queue holds.
///
/// @param ready to be delivered as soon as somebody has room
/// @param unacked delivered and not settled
/// @param delayed not due yet
/// @param deadLettering given up, and not known to be republished yet
/// @param consumers those that can be given messages, whether or not they have room
public record QueueCounts(
        long ready,
        long readyBytes,
        long unacked,
        long unackedBytes,
        long delayed,
        long delayedBytes,
        long deadLettering,
        int consumers) {}
