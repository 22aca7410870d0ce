package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;

/// What a client said about itself in `connection.start-ok`, as far as it matters here.
///
/// @param hearsCancels `consumer_cancel_notify`: it wants to know when the server ends a consumer
/// @param hearsRefusedLogin `authentication_failure_close`: it wants a frame instead of a silent end
/// @param hearsBlocked `connection.blocked`
/// @param properties all it said
record Client(boolean hearsCancels, boolean hearsRefusedLogin, boolean hearsBlocked, FieldTable properties) {
    static final Client UNKNOWN = new Client(false, false, false, FieldTable.EMPTY);

    static Client of(FieldTable properties) {
        FieldTable capabilities = properties.find("capabilities").orElse(null) instanceof FieldValue.Table table
                ? table.value()
                : FieldTable.EMPTY;
        return new Client(
                has(capabilities, "consumer_cancel_notify"),
                has(capabilities, "authentication_failure_close"),
                has(capabilities, "connection.blocked"),
                properties);
    }

    private static boolean has(FieldTable capabilities, String name) {
        return capabilities.find(name).orElse(null) instanceof FieldValue.Bool capability && capability.value();
    }
}
