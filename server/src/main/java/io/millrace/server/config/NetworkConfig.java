package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// Sockets and what they may hold.
///
/// @param eventLoops threads that own connections and logs, 0 for half the cores
/// @param backlog connections waiting to be accepted
/// @param connectionsMax connections open at once (`max.connections`)
/// @param maxConnectionsPerAddress connections open at once from one address (`max.connections.per.ip`)
/// @param idleMs a connection silent for so long is closed (`connections.max.idle.ms`)
/// @param frameBytesMax largest request (`socket.request.max.bytes`)
/// @param requestBytesMax memory all requests together may hold before reading stops
/// @param inFlightMax unanswered requests per connection before it is not read from
/// @param unsentBytesMax answers waiting per connection before it is not read from
/// @param sendBufferBytes the kernel's send buffer per connection, 0 for the system's own growing one
/// (`socket.send.buffer.bytes`)
public record NetworkConfig(
        int eventLoops,
        int backlog,
        int connectionsMax,
        int maxConnectionsPerAddress,
        long idleMs,
        int frameBytesMax,
        long requestBytesMax,
        int inFlightMax,
        int unsentBytesMax,
        int sendBufferBytes) {
    public static final NetworkConfig DEFAULT = new NetworkConfig(
            0, 1024, 100_000, Integer.MAX_VALUE, 600_000, 104_857_600, 128L * 1024 * 1024, 64, 1024 * 1024, 102_400);

    public NetworkConfig {
        require(eventLoops >= 0 && eventLoops <= 1024, "network.event-loops must be 0 to 1024, it is " + eventLoops);
        require(backlog >= 1, "network.backlog must be at least 1, it is " + backlog);
        require(connectionsMax >= 1, "network.connections-max must be at least 1, it is " + connectionsMax);
        require(
                maxConnectionsPerAddress >= 1,
                "network.max-connections-per-address must be at least 1, it is " + maxConnectionsPerAddress);
        require(idleMs >= 100, "network.idle-ms must be at least 100, it is " + idleMs);
        require(frameBytesMax >= 1024, "network.frame-bytes-max must be at least 1024, it is " + frameBytesMax);
        require(
                requestBytesMax >= 1024 * 1024,
                "network.request-bytes-max must be at least 1 MiB, it is " + requestBytesMax);
        require(inFlightMax >= 1, "network.in-flight-max must be at least 1, it is " + inFlightMax);
        require(sendBufferBytes >= 0, "network.send-buffer-bytes must be 0 or more, it is " + sendBufferBytes);
        require(unsentBytesMax >= 1024, "network.unsent-bytes-max must be at least 1024, it is " + unsentBytesMax);
    }

    /// The number of event loops to start.
    public int eventLoopsOn(int cores) {
        return eventLoops > 0 ? eventLoops : Math.max(1, cores / 2);
    }
}
