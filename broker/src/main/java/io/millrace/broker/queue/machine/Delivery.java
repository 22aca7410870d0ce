package io.millrace.broker.queue.machine;

/// One message for one consumer.
///
/// @param consumer who gets it, and settles it unless it takes messages without acknowledging
/// @param redelivered whether somebody may have seen it before
/// @param deliveryCount how often it came back so far (`x-delivery-count`)
public record Delivery(ConsumerKey consumer, long offset, boolean redelivered, int deliveryCount) {}
