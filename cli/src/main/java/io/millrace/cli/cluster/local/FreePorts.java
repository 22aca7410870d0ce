package io.millrace.cli.cluster.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Free loopback ports below the range from which the kernel takes those of outgoing connections: what is free now is
/// still free when a killed node starts again. Never hands out the same port twice.
///
/// Owned by: one thread at a time.
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int EPHEMERAL = 32_000;
    private static final int ATTEMPTS_MAX = 1_000;

    private final Set<Integer> given = new HashSet<>();

    public int next() {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, EPHEMERAL);
            if (isFree(port) && given.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port found from " + LOWEST + " to " + EPHEMERAL);
    }

    public static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
