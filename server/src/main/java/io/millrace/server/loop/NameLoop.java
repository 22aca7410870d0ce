package io.millrace.server.loop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Looks host names up, which blocks for as long as a name server likes. A name is looked up once at a time, and one
/// that takes long holds up no other: the way to the controller must not wait for the name of a dead node. Whoever asks
/// for a name that is being looked up gets the address it had before, if it had one. Threads come when names are asked
/// for and go a little later; addresses need none.
///
/// Owned by: itself; may be asked from any thread.
public final class NameLoop {
    private static final int THREADS = 8;
    private static final int WAITING_MAX = 1_000;
    private static final int NAMES_MAX = 1_000;
    private static final int KEEP_S = 5;

    private final NameServer server;
    private final Map<String, List<Asked>> underWay = new HashMap<>();
    private final Map<String, InetAddress> last = new HashMap<>();
    private int waiting;
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            KEEP_S,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            task -> Thread.ofPlatform().name("names").daemon().unstarted(task));

    /// Who knows the addresses of names; blocks.
    interface NameServer {
        InetAddress lookUp(String host) throws UnknownHostException;
    }

    private record Asked(String host, int port, Consumer<InetSocketAddress> answer) {
        void tell(Optional<InetAddress> address) {
            answer.accept(address.map(found -> new InetSocketAddress(found, port))
                    .orElseGet(() -> InetSocketAddress.createUnresolved(host, port)));
        }
    }

    public NameLoop() {
        this(InetAddress::getByName);
    }

    NameLoop(NameServer server) {
        this.server = server;
        threads.allowCoreThreadTimeOut(true);
    }

    /// @param answer told the address, unresolved when nobody knows the name or far too many are asked for; at once for
    ///     what is an address already
    public void resolve(String host, int port, Consumer<InetSocketAddress> answer) {
        try {
            answer.accept(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (IllegalArgumentException name) {
            ask(new Asked(host, port, answer));
        }
    }

    /// What to do with somebody who asks.
    private enum Turn {
        WAIT,
        LOOK_UP,
        ANSWER
    }

    private void ask(Asked asked) {
        Optional<InetAddress> known;
        Turn turn;
        synchronized (this) {
            known = Optional.ofNullable(last.get(asked.host()));
            turn = turn(asked, known.isPresent());
        }
        switch (turn) {
            case WAIT -> {}
            case ANSWER -> asked.tell(known);
            case LOOK_UP -> {
                try {
                    threads.execute(() -> lookUp(asked.host()));
                } catch (RejectedExecutionException full) {
                    end(asked.host(), known);
                }
            }
        }
    }

    private Turn turn(Asked asked, boolean isKnown) {
        List<Asked> others = underWay.get(asked.host());
        if (waiting >= WAITING_MAX || others != null && isKnown) {
            return Turn.ANSWER;
        }
        waiting++;
        if (others != null) {
            others.add(asked);
            return Turn.WAIT;
        }
        underWay.put(asked.host(), new ArrayList<>(List.of(asked)));
        return Turn.LOOK_UP;
    }

    private void lookUp(String host) {
        Optional<InetAddress> found = Optional.empty();
        try {
            found = Optional.of(server.lookUp(host));
        } catch (UnknownHostException unknown) {
            // says so with an empty answer
        } finally {
            end(host, found);
        }
    }

    private void end(String host, Optional<InetAddress> found) {
        List<Asked> all;
        synchronized (this) {
            all = underWay.remove(host);
            waiting -= all == null ? 0 : all.size();
            if (found.isPresent() && (last.size() < NAMES_MAX || last.containsKey(host))) {
                last.put(host, found.get());
            }
        }
        if (all != null) {
            all.forEach(asked -> asked.tell(found));
        }
    }

    public void stop() {
        threads.shutdownNow();
    }
}
