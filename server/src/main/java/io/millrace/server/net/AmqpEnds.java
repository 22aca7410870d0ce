package io.millrace.server.net;

import java.net.InetSocketAddress;

/// The two ends of an AMQP connection.
///
/// @param certificateName the common name in the certificate that the client has shown, and that was verified; empty
/// without one
public record AmqpEnds(InetSocketAddress remote, InetSocketAddress local, String certificateName) {
    /// As RabbitMQ names connections.
    public String name() {
        return text(remote) + " -> " + text(local);
    }

    private static String text(InetSocketAddress address) {
        return host(address) + ":" + address.getPort();
    }

    public String remoteHost() {
        return host(remote);
    }

    public String localHost() {
        return host(local);
    }

    private static String host(InetSocketAddress address) {
        return address.getAddress().getHostAddress();
    }
}
