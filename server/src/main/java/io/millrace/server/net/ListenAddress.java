package io.millrace.server.net;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.Locale;

/// What a configured host and port mean to a socket: an address, and the family of sockets for it. A socket of IPv6
/// takes IPv4 as well, so one that is to be IPv4 only has to be made as such; `0.0.0.0` and `::` differ in nothing
/// else.
public final class ListenAddress {
    private ListenAddress() {}

    /// @throws IOException saying so when nobody knows the host
    public static InetSocketAddress of(String host, int port) throws IOException {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException unknown) {
            throw new IOException("can not listen on " + host + ":" + port + ": unknown host", unknown);
        }
    }

    /// Why a socket can not listen, for an operator.
    ///
    /// @param wanted what was tried, up to the address
    public static IOException refused(String wanted, InetSocketAddress address, Throwable cause) {
        String why = String.valueOf(cause.getMessage()).replaceFirst("^.*failed with error\\(-?\\d+\\): ", "");
        boolean isTaken = why.toLowerCase(Locale.ROOT).contains("in use");
        return new IOException(
                wanted + " " + address.getHostString() + ":" + address.getPort() + ": " + why
                        + (isTaken
                                ? ". Each node on a machine needs listeners of its own: listeners.kafka, listeners.http,"
                                        + " listeners.cluster, listeners.amqp, listeners.management (empty turns all but the"
                                        + " first off)"
                                : ""),
                cause);
    }

    /// Listening sockets for an address.
    public static ChannelFactory<ServerChannel> sockets(InetSocketAddress address) {
        boolean ipv4 = address.getAddress() instanceof Inet4Address;
        if (Epoll.isAvailable()) {
            return () -> new EpollServerSocketChannel(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
        }
        return () -> new NioServerSocketChannel(open(address));
    }

    private static ServerSocketChannel open(InetSocketAddress address) {
        try {
            return openSocket(address);
        } catch (IOException refused) {
            throw new ChannelException("no socket for " + address, refused);
        }
    }

    /// An unbound socket of the address's family, the JDK's own.
    public static ServerSocketChannel openSocket(InetSocketAddress address) throws IOException {
        return ServerSocketChannel.open(family(address));
    }

    static StandardProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }
}
