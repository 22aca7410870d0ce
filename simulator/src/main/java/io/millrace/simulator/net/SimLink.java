package io.millrace.simulator.net;

import io.millrace.cluster.peer.PeerAnswer.Reason;
import io.millrace.simulator.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One node's connection to another for one purpose: made when first needed and again after it broke.
///
/// Owned by: the thread of the simulation; answers arrive inside the asking loop.
/// Invariant: every request gets exactly one answer, unless its process dies.
public final class SimLink<Q, A> {
    private static final long CONNECT_TIMEOUT_NS = 1_000 * World.MS;

    private final SimNetwork network;
    private final int from;
    private final int to;
    private final String channel;
    private final SimNetwork.Poster post;
    private final List<Asked> waitingToConnect = new ArrayList<>();
    private @Nullable Connection<Q, A> connection;
    private boolean isConnecting;
    private boolean isClosed;

    SimLink(SimNetwork network, int from, int to, String channel, SimNetwork.Poster post) {
        this.network = network;
        this.from = from;
        this.to = to;
        this.channel = channel;
        this.post = post;
    }

    /// A request on its way.
    final class Asked {
        final Q request;
        private final Consumer<LinkAnswer<A>> answer;
        private boolean isSent;
        private boolean isDone;
        private World.@Nullable Event limit;

        private Asked(Q request, Consumer<LinkAnswer<A>> answer) {
            this.request = request;
            this.answer = answer;
        }

        void sent() {
            isSent = true;
        }

        void finish(LinkAnswer<A> outcome) {
            if (!isDone) {
                isDone = true;
                World.Event mine = limit;
                if (mine != null) {
                    mine.cancel();
                }
                post.post(() -> answer.accept(outcome));
            }
        }

        void fail(Reason reason) {
            finish(new LinkAnswer.Failed<>(reason, isSent));
        }
    }

    /// Sends a request; `answer` is called once, never before this returns.
    public void send(Q request, long timeoutMs, Consumer<LinkAnswer<A>> answer) {
        Asked asked = new Asked(request, answer);
        if (isClosed) {
            asked.fail(Reason.CLOSED);
            return;
        }
        asked.limit = network.world().after(timeoutMs * World.MS, () -> timeOut(asked));
        Connection<Q, A> open = connection;
        if (open != null) {
            open.transmit(asked);
        } else {
            waitingToConnect.add(asked);
            connect();
        }
    }

    /// Who keeps order can not go on without the answer.
    private void timeOut(Asked asked) {
        if (!asked.isDone) {
            asked.fail(Reason.TIMED_OUT);
            Connection<Q, A> open = connection;
            if (open != null && asked.isSent) {
                open.breakOff(Reason.CLOSED);
            }
        }
    }

    private void connect() {
        if (isConnecting) {
            return;
        }
        isConnecting = true;
        long there = network.delayNs(from, to);
        network.world().after(there, () -> {
            boolean isReachable = network.hasPower(to) && network.isOpen(from, to) && network.isOpen(to, from);
            long back = isReachable ? network.delayNs(to, from) : CONNECT_TIMEOUT_NS;
            SimNetwork.Listening peer = isReachable ? network.listening(to) : null;
            network.world().after(back, () -> connected(peer, isReachable ? Reason.REFUSED : Reason.UNREACHABLE));
        });
    }

    private void connected(SimNetwork.@Nullable Listening peer, Reason why) {
        isConnecting = false;
        List<Asked> waiting = List.copyOf(waitingToConnect);
        waitingToConnect.clear();
        if (peer == null || isClosed) {
            waiting.forEach(asked -> asked.fail(isClosed ? Reason.CLOSED : why));
            return;
        }
        Connection<Q, A> open = new Connection<>(network, this, from, to, channel, peer);
        connection = open;
        network.opened(open);
        waiting.stream().filter(asked -> !asked.isDone).forEach(open::transmit);
    }

    void broken(Connection<Q, A> which) {
        if (connection == which) {
            connection = null;
        }
    }

    /// Closes the connection; what is unanswered fails.
    public void close() {
        isClosed = true;
        Connection<Q, A> open = connection;
        if (open != null) {
            open.breakOff(Reason.CLOSED);
        }
    }
}
