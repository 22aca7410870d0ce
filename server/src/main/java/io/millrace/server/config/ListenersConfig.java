package io.millrace.server.config;

/// Where clients reach the node: HOST:PORT each, empty for "off", port 0 for any free one.
///
/// @param kafka the Kafka protocol
/// @param http metrics and health
/// @param kafkaAdvertised what Kafka clients are told to connect to; empty for the listener's own address (the host
///     name when it listens on all addresses)
public record ListenersConfig(Endpoint kafka, Endpoint http, Endpoint kafkaAdvertised) {
    public static final ListenersConfig DEFAULT =
            new ListenersConfig(new Endpoint("0.0.0.0", 9092), new Endpoint("0.0.0.0", 9644), Endpoint.OFF);
}
