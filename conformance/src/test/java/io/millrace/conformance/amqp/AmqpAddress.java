package io.millrace.conformance.amqp;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Where a client connects and as whom.
///
/// Immutable.
record AmqpAddress(String host, int port, String user, String password, String vhost) {
    /// The login every fresh broker has, valid over loopback.
    static AmqpAddress guestAt(int port) {
        return new AmqpAddress("127.0.0.1", port, "guest", "guest", "/");
    }

    /// As `amqp://` address.
    String uri() {
        return "amqp://" + user + ":" + password + "@" + host + ":" + port + "/"
                + URLEncoder.encode(vhost, StandardCharsets.UTF_8);
    }
}
