package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.FieldTable;

/// What `connection.start` tells of us. Libraries look at the capabilities and take the version apart; it is that of
/// the RabbitMQ whose manners we have.
final class ServerProperties {
    static final String VERSION = "3.13.7";

    private ServerProperties() {}

    static FieldTable of(String clusterName) {
        FieldTable capabilities = FieldTable.builder()
                .put("publisher_confirms", true)
                .put("exchange_exchange_bindings", true)
                .put("basic.nack", true)
                .put("consumer_cancel_notify", true)
                .put("connection.blocked", true)
                .put("consumer_priorities", true)
                .put("authentication_failure_close", true)
                .put("per_consumer_qos", true)
                .put("direct_reply_to", true)
                .build();
        return FieldTable.builder()
                .put("capabilities", capabilities)
                .put("cluster_name", clusterName)
                .put("copyright", "The Millrace founders")
                .put("information", "Licensed under the Apache License 2.0")
                .put("platform", "Millrace")
                // kombu asks for this very name before it believes that prefetch works as RabbitMQ has it, not as the
                // specification does: without it Celery's workers never get more than their first prefetch.
                .put("product", "RabbitMQ")
                .put("version", VERSION)
                .build();
    }
}
