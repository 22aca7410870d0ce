package io.millrace.server.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/// A port that is taken while nobody listens on it: who connects is refused and goes to another node, instead of
/// waiting for one that has a long start before it. A socket that is bound but not listening does that, and from
/// [#share()] on it lets a listening one be bound beside it. Before that nobody else gets the port: of two nodes that
/// are started for the same one the second ends at once.
///
/// Owned by: start-up and shutdown.
final class ReservedPort implements AutoCloseable {
    private final SocketChannel socket;
    private final InetSocketAddress address;

    private ReservedPort(SocketChannel socket) throws IOException {
        this.socket = socket;
        this.address = (InetSocketAddress) socket.getLocalAddress();
    }

    /// @throws IOException when somebody listens there, or this process may not
    static ReservedPort at(InetSocketAddress wanted) throws IOException {
        try {
            return bound(wanted, false);
        } catch (IOException taken) {
            // Perhaps only by connections of the process before this one, which have ended and linger. A socket that
            // is bound as above shares with nobody.
            return bound(wanted, true);
        }
    }

    private static ReservedPort bound(InetSocketAddress wanted, boolean isShared) throws IOException {
        SocketChannel socket = SocketChannel.open(ListenAddress.family(wanted));
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, isShared);
            socket.bind(wanted);
            return new ReservedPort(socket);
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
    }

    /// From now on a socket that shares its address, too, may be bound beside this one.
    void share() throws IOException {
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    }

    /// Its port is the real one when 0 was asked for.
    InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
