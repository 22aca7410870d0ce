package io.millrace.conformance.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carries the connections that one node makes to one port of another, through two valves.
///
/// Owned by: the test; every direction of a connection has a virtual thread.
final class Relay implements AutoCloseable {
    private static final int PIECE_BYTES = 64 << 10;
    private static final int BACKLOG = 64;

    private final InetSocketAddress listen;
    private final InetSocketAddress target;
    private final Valve forth;
    private final Valve back;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private ServerSocket server;
    private Thread acceptor;

    Relay(InetSocketAddress listen, int targetPort, Valve forth, Valve back) throws IOException {
        this.listen = listen;
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
        this.forth = forth;
        this.back = back;
        accept();
    }

    private Thread start(Runnable work) {
        Thread thread = Thread.ofVirtual().name("relay " + listen).start(work);
        threads.add(thread);
        return thread;
    }

    private void acceptAll(ServerSocket from) {
        try {
            while (true) {
                Socket near = from.accept();
                open.add(near);
                start(() -> connect(near));
            }
        } catch (IOException closed) {
            // Refusing from now on.
        }
    }

    private void connect(Socket near) {
        var far = new Socket();
        open.add(far);
        try {
            forth.pass();
            far.setTcpNoDelay(true);
            near.setTcpNoDelay(true);
            far.connect(target);
            start(() -> carry(far, near, back));
            carry(near, far, forth);
        } catch (IOException nobodyThere) {
            reset(near);
            reset(far);
        }
    }

    private void carry(Socket from, Socket to, Valve valve) {
        var piece = new byte[PIECE_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                valve.pass();
                out.write(piece, 0, read);
            }
            valve.pass();
            to.shutdownOutput();
        } catch (IOException broken) {
            end(from, to, valve);
        }
    }

    /// The end of a connection is news too, and does not pass a shut valve.
    private void end(Socket from, Socket to, Valve valve) {
        try {
            valve.pass();
        } catch (IOException closing) {
            Thread.currentThread().interrupt();
        }
        reset(from);
        reset(to);
    }

    private void reset(Socket socket) {
        open.remove(socket);
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // Closed before: what was wanted.
        }
    }

    /// The target's process is gone, and the kernel says so to whoever connects. Connections end by themselves.
    void refuse() throws IOException {
        server.close();
        try {
            acceptor.join(); // the port is free only when nobody waits at it any more
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// The target's process is there.
    final void accept() throws IOException {
        var socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(listen, BACKLOG);
        server = socket;
        acceptor = start(() -> acceptAll(socket));
    }

    @Override
    public void close() throws IOException {
        refuse();
        threads.forEach(Thread::interrupt);
        open.forEach(this::reset);
    }
}
