package io.millrace.server.net;

/// What one listener's connections may do.
///
/// @param connectionsMax further connections are closed at once
/// @param maxConnectionsPerAddress connections open at once from one address (`max.connections.per.ip`)
/// @param frameBytesMax a larger frame closes its connection (`socket.request.max.bytes`)
/// @param idleMs a connection that sent nothing for so long, and waits for nothing, is closed
/// (`connections.max.idle.ms`)
/// @param unsentBytesHigh answers waiting in a connection's send queue above which it is not read from
/// @param unsentBytesLow answers waiting below which it is read from again
/// @param sendBufferBytes the kernel's send buffer, 0 for the system's choice
public record ConnectionLimits(
        int connectionsMax,
        int maxConnectionsPerAddress,
        int frameBytesMax,
        long idleMs,
        int unsentBytesHigh,
        int unsentBytesLow,
        int sendBufferBytes) {}
