package io.millrace.kafka.codec;

/// A request's header.
///
/// @param apiKey as sent: may name an API nobody knows
/// @param apiVersion as sent: may be a version nobody serves
/// @param clientId empty when there is none
public record RequestHead(short apiKey, short apiVersion, int correlationId, String clientId) {}
