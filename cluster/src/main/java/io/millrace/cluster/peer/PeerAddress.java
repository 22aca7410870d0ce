package io.millrace.cluster.peer;

/// Where a node listens for other nodes.
///
/// @param port 1 to 65535
public record PeerAddress(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
