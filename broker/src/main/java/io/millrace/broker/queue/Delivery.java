package io.millrace.broker.queue;

import io.millrace.broker.message.Message;

/// A message on its way to a consumer.
///
/// @param offset what it is settled by; in a stream its place
/// @param redelivered whether it may have been delivered before
/// @param deliveryCount how often it came back before, where the queue counts; else 0
public record Delivery(long offset, Message message, boolean redelivered, int deliveryCount) {}
