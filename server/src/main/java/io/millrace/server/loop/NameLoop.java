package io.millrace.server.loop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Looks host names up, which blocks for as long as a name server likes. The thread comes when a name is asked for and
/// goes a little later; addresses need none.
///
/// Owned by: itself; may be asked from any thread.
public final class NameLoop {
    private static final int WAITING_MAX = 1_000;
    private static final int KEEP_S = 5;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            KEEP_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            task -> Thread.ofPlatform().name("names").daemon().unstarted(task));

    public NameLoop() {
        thread.allowCoreThreadTimeOut(true);
    }

    /// @param answer told the address, unresolved when nobody knows the name or far too many are asked for; at once for
    ///     what is an address already
    public void resolve(String host, int port, Consumer<InetSocketAddress> answer) {
        try {
            answer.accept(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (IllegalArgumentException name) {
            lookUp(host, port, answer);
        }
    }

    private void lookUp(String host, int port, Consumer<InetSocketAddress> answer) {
        try {
            thread.execute(() -> answer.accept(lookedUp(host, port)));
        } catch (RejectedExecutionException full) {
            answer.accept(InetSocketAddress.createUnresolved(host, port));
        }
    }

    private static InetSocketAddress lookedUp(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException unknown) {
            return InetSocketAddress.createUnresolved(host, port);
        }
    }

    public void stop() {
        thread.shutdownNow();
    }
}
