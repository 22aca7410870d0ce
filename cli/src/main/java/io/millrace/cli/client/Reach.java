package io.millrace.cli.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// Whether somebody listens, asked with a plain connection before a client library is loaded.
final class Reach {
    private static final int TIMEOUT_MS = 3_000;

    private Reach() {}

    static boolean anyOf(String bootstrap) {
        for (String each : bootstrap.split(",", -1)) {
            if (listens(each.strip())) {
                return true;
            }
        }
        return false;
    }

    private static boolean listens(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1 || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            return false;
        }
        int port = Integer.parseInt(address.substring(colon + 1));
        if (port > 65_535) {
            return false;
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), TIMEOUT_MS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }
}
