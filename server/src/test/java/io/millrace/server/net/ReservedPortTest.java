package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;

class ReservedPortTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void whoConnectsIsRefusedUntilSomebodyListens() throws IOException {
        ReservedPort reserved = ReservedPort.at(ANY);
        InetSocketAddress address = reserved.address();
        assertThat(address.getPort()).isPositive();
        assertThatThrownBy(() -> connect(address)).isInstanceOf(ConnectException.class);

        reserved.share();
        try (ServerSocketChannel listening = ListenAddress.openSocket(address).bind(address)) {
            connect(address);
            reserved.close();
            connect(address);
            assertThat(listening.isOpen()).isTrue();
        }
    }

    @Test
    void twoCanNotHaveIt() throws IOException {
        ReservedPort reserved = ReservedPort.at(ANY);
        assertThatThrownBy(() -> ReservedPort.at(reserved.address())).isInstanceOf(IOException.class);
        reserved.close();
        ReservedPort.at(reserved.address()).close();
    }

    /// A connection that this side ended first stays for a minute.
    @Test
    void connectionsThatLingerKeepNobodyFromIt() throws IOException {
        InetSocketAddress address;
        try (ServerSocketChannel listening = ListenAddress.openSocket(ANY).bind(ANY)) {
            address = (InetSocketAddress) listening.getLocalAddress();
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                listening.accept().close();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
        ReservedPort reserved = ReservedPort.at(address);
        reserved.share();
        ListenAddress.openSocket(address).bind(address).close();
        reserved.close();
    }

    @Test
    void whatSomebodyListensOnCanNotBeHad() throws IOException {
        try (ServerSocketChannel listening = ListenAddress.openSocket(ANY).bind(ANY)) {
            InetSocketAddress taken = (InetSocketAddress) listening.getLocalAddress();

            assertThatThrownBy(() -> ReservedPort.at(taken)).isInstanceOf(IOException.class);
        }
    }

    private static void connect(InetSocketAddress address) throws IOException {
        new Socket(address.getAddress(), address.getPort()).close();
    }
}
