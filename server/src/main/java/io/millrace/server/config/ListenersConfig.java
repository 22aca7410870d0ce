package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// Where clients reach the node: HOST:PORT each, port 0 for any free one.
///
/// @param kafka the Kafka protocol, which can not be off: the nodes' own tools speak it
/// @param amqp AMQP 0-9-1, empty for "off"
/// @param amqps AMQP 0-9-1 with TLS, empty for "off"
/// @param management RabbitMQ's management API, empty for "off"
/// @param http metrics and health, empty for "off"
/// @param kafkaAdvertised what Kafka clients are told to connect to; empty for the listener's own address (the host
///     name when it listens on all addresses)
/// @param cluster other nodes; empty for port 9190 of all addresses when there are any, else "off"
public record ListenersConfig(
        Endpoint kafka,
        Endpoint amqp,
        Endpoint amqps,
        Endpoint management,
        Endpoint http,
        Endpoint kafkaAdvertised,
        Endpoint cluster) {
    public static final ListenersConfig DEFAULT = new ListenersConfig(
            new Endpoint("0.0.0.0", 9092),
            new Endpoint("127.0.0.1", 5672),
            Endpoint.OFF,
            new Endpoint("127.0.0.1", 15672),
            new Endpoint("0.0.0.0", 9644),
            Endpoint.OFF,
            Endpoint.OFF);

    public ListenersConfig {
        require(
                !kafka.isOff(),
                "listeners.kafka must be HOST:PORT; it can not be off, since the node's own tools speak Kafka's protocol");
        require(
                !kafka.overlaps(http),
                "listeners.http is " + http + " and listeners.kafka is " + kafka + ": one port can not be both");
        require(
                !amqp.overlaps(kafka) && !amqp.overlaps(http),
                "listeners.amqp is " + amqp + ", which is another listener's: one port can not be both");
        require(
                !amqps.overlaps(kafka)
                        && !amqps.overlaps(amqp)
                        && !amqps.overlaps(management)
                        && !amqps.overlaps(http)
                        && !amqps.overlaps(cluster),
                "listeners.amqps is " + amqps + ", which is another listener's: one port can not be both");
        require(
                !management.overlaps(kafka)
                        && !management.overlaps(amqp)
                        && !management.overlaps(http)
                        && !management.overlaps(cluster),
                "listeners.management is " + management + ", which is another listener's: one port can not be both");
        require(
                !kafkaAdvertised.isWildcard(),
                "listeners.kafka-advertised is what clients connect to, so it must be an address of this node or a name"
                        + " for it, it is " + kafkaAdvertised);
        require(
                kafkaAdvertised.isOff() || kafkaAdvertised.port() > 0,
                "listeners.kafka-advertised is what clients connect to, so its port can not be 0");
        require(
                !cluster.overlaps(kafka) && !cluster.overlaps(http) && !cluster.overlaps(amqp),
                "listeners.cluster is " + cluster + ", which is another listener's: one port can not be both");
        require(
                cluster.isOff() || cluster.port() > 0,
                "listeners.cluster is where other nodes find this one, so its port can not be 0");
    }

    /// Without AMQP and the management API.
    public ListenersConfig(Endpoint kafka, Endpoint http, Endpoint kafkaAdvertised, Endpoint cluster) {
        this(kafka, Endpoint.OFF, Endpoint.OFF, Endpoint.OFF, http, kafkaAdvertised, cluster);
    }

    /// Of a node without others, and without AMQP.
    public ListenersConfig(Endpoint kafka, Endpoint http, Endpoint kafkaAdvertised) {
        this(kafka, http, kafkaAdvertised, Endpoint.OFF);
    }
}
