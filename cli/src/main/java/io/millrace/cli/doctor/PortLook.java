package io.millrace.cli.doctor;

import io.millrace.server.config.Endpoint;
import io.millrace.server.net.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/// Tries to listen where a node would.
final class PortLook {
    private PortLook() {}

    static Diagnosis at(String key, Endpoint endpoint) {
        if (endpoint.isOff()) {
            return Diagnosis.good(key, "off");
        }
        try {
            listen(ListenAddress.of(endpoint.host(), endpoint.port()));
            return Diagnosis.good(key, endpoint + " is free");
        } catch (IOException taken) {
            return Diagnosis.bad(
                    key,
                    endpoint + ": " + taken.getMessage(),
                    "stop who listens there, or --set " + key + "=HOST:PORT (it may be a node that runs)");
        }
    }

    private static void listen(InetSocketAddress address) throws IOException {
        try (ServerSocketChannel socket = ListenAddress.openSocket(address)) {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(address);
        }
    }
}
