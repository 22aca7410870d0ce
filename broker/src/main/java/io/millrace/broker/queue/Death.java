package io.millrace.broker.queue;

import java.util.Optional;

/// One time a message was given up.
///
/// @param exchange where it had been published, with which key
/// @param expiration its own time to live as text, if it had one
record Death(String reason, String queue, long atMs, String exchange, String routingKey, Optional<String> expiration) {}
