package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// What each client id may do on this node, with all its connections together; 0 is no limit.
///
/// @param producerBytesPerSecond what it may send (Kafka: the default quota `producer_byte_rate`)
/// @param consumerBytesPerSecond what it may be sent (Kafka: the default quota `consumer_byte_rate`)
public record QuotasConfig(long producerBytesPerSecond, long consumerBytesPerSecond) {
    public static final QuotasConfig DEFAULT = new QuotasConfig(0, 0);

    public QuotasConfig {
        require(
                producerBytesPerSecond >= 0,
                "quotas.producer-bytes-per-second must be 0 or more, it is " + producerBytesPerSecond);
        require(
                consumerBytesPerSecond >= 0,
                "quotas.consumer-bytes-per-second must be 0 or more, it is " + consumerBytesPerSecond);
    }
}
