package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// Sockets and what they may hold.
///
/// @param eventLoops threads that own connections and logs, 0 for half the cores
/// @param backlog connections waiting to be accepted
/// @param connectionsMax connections open at once (`max.connections`)
/// @param maxConnectionsPerAddress connections open at once from one address (`max.connections.per.ip`)
/// @param idleMs a connection silent for so long is closed (`connections.max.idle.ms`)
/// @param frameBytesMax largest request (`socket.request.max.bytes`), 0 for what [#fittedTo(long)] finds
/// @param requestBytesMax memory all requests together may hold before reading stops, 0 for what [#fittedTo(long)]
/// finds
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
    public static final NetworkConfig DEFAULT =
            new NetworkConfig(0, 1024, 100_000, Integer.MAX_VALUE, 600_000, 0, 0, 64, 1024 * 1024, 102_400);

    /// What holds when nothing is said and there is memory enough: the frame is Kafka's default.
    private static final long FRAME_BYTES = 104_857_600;

    private static final long REQUEST_BYTES = 128L * 1024 * 1024;

    /// What is found is never less, so that a record batch of Kafka's default size gets through.
    private static final long LEAST_FOUND_BYTES = 2 * 1024 * 1024;

    public NetworkConfig {
        require(eventLoops >= 0 && eventLoops <= 1024, "network.event-loops must be 0 to 1024, it is " + eventLoops);
        require(backlog >= 1, "network.backlog must be at least 1, it is " + backlog);
        require(connectionsMax >= 1, "network.connections-max must be at least 1, it is " + connectionsMax);
        require(
                maxConnectionsPerAddress >= 1,
                "network.max-connections-per-address must be at least 1, it is " + maxConnectionsPerAddress);
        require(idleMs >= 100, "network.idle-ms must be at least 100, it is " + idleMs);
        require(
                frameBytesMax == 0 || frameBytesMax >= 1024,
                "network.frame-bytes-max must be 0 or at least 1024, it is " + frameBytesMax);
        require(
                requestBytesMax == 0 || requestBytesMax >= 1024 * 1024,
                "network.request-bytes-max must be 0 or at least 1 MiB, it is " + requestBytesMax);
        require(inFlightMax >= 1, "network.in-flight-max must be at least 1, it is " + inFlightMax);
        require(sendBufferBytes >= 0, "network.send-buffer-bytes must be 0 or more, it is " + sendBufferBytes);
        require(unsentBytesMax >= 1024, "network.unsent-bytes-max must be at least 1024, it is " + unsentBytesMax);
    }

    /// The number of event loops to start.
    public int eventLoopsOn(int cores) {
        return eventLoops > 0 ? eventLoops : Math.max(1, cores / 2);
    }

    /// The same with sizes for what was left open. Requests lie in direct memory, of which the JVM has a limit of its
    /// own: all of the budget, and the one frame beyond it that may be moving to a larger buffer. When both were left
    /// open, a quarter stays free for everything else; what was said is taken when it fits at all.
    ///
    /// @param directBytesMax what the JVM allows
    /// @throws ConfigException when what was said does not fit
    public NetworkConfig fittedTo(long directBytesMax) {
        boolean open = frameBytesMax == 0 && requestBytesMax == 0;
        long room = open ? directBytesMax / 4 * 3 : directBytesMax;
        long frame = frameBytesMax > 0 ? frameBytesMax : frameIn(room);
        long requests = requestBytesMax > 0 ? requestBytesMax : requestsIn(room - 2 * frame);
        long needed = requests + 2 * frame;
        if (needed > directBytesMax) {
            throw new ConfigException("network.request-bytes-max and twice network.frame-bytes-max are " + needed
                    + " bytes, and the JVM allows " + directBytesMax
                    + " bytes of direct memory: lower them, leave them 0, or set"
                    + " MILLRACE_OPTS=-XX:MaxDirectMemorySize=" + needed);
        }
        return new NetworkConfig(
                eventLoops,
                backlog,
                connectionsMax,
                maxConnectionsPerAddress,
                idleMs,
                (int) frame,
                requests,
                inFlightMax,
                unsentBytesMax,
                sendBufferBytes);
    }

    private long frameIn(long room) {
        long part = requestBytesMax > 0 ? (room - requestBytesMax) / 2 : room / 10 * 3;
        return Math.clamp(part, LEAST_FOUND_BYTES, FRAME_BYTES);
    }

    private static long requestsIn(long room) {
        return Math.clamp(room, LEAST_FOUND_BYTES, REQUEST_BYTES);
    }
}
