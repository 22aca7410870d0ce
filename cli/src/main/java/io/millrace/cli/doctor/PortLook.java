package io.millrace.cli.doctor;

import io.millrace.server.config.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Tries to listen where a node would.
final class PortLook {
    private PortLook() {}

    static Diagnosis at(String key, Endpoint endpoint) {
        if (endpoint.isOff()) {
            return Diagnosis.good(key, "off");
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(endpoint.host(), endpoint.port()));
            return Diagnosis.good(key, endpoint + " is free");
        } catch (IOException taken) {
            return Diagnosis.bad(
                    key,
                    endpoint + ": " + taken.getMessage(),
                    "stop who listens there, or --set " + key + "=HOST:PORT (it may be a node that runs)");
        }
    }
}
