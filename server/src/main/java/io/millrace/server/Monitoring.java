package io.millrace.server;

import io.millrace.server.config.Endpoint;
import io.millrace.server.http.Health;
import io.millrace.server.http.HttpLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.server.net.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What operators and orchestrators see of a node over HTTP, from before it serves, however long it waits for others,
/// until it has stopped.
///
/// Owned by: the thread that starts and stops the node.
final class Monitoring {
    private final Metrics metrics = new Metrics();
    private final Health health = new Health();
    private @Nullable HttpLoop http;

    /// @param wanted where; perhaps nowhere
    void listen(Endpoint wanted) throws IOException {
        if (!wanted.isOff()) {
            http = HttpLoop.start(ListenAddress.of(wanted.host(), wanted.port()), health, metrics);
        }
    }

    Metrics metrics() {
        return metrics;
    }

    Health health() {
        return health;
    }

    /// Empty when the HTTP listener is off.
    Optional<InetSocketAddress> address() {
        return Optional.ofNullable(http).map(HttpLoop::address);
    }

    void stop() {
        HttpLoop running = http;
        if (running != null) {
            running.stop();
        }
    }
}
