package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Free loopback ports below the ephemeral range, so that no outgoing connection takes one before the broker does.
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int EPHEMERAL = 32_768;
    private static final int ATTEMPTS_MAX = 1_000;

    private FreePorts() {}

    /// One that nothing listened on a moment ago.
    public static int next() {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, EPHEMERAL);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port found below " + EPHEMERAL);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
