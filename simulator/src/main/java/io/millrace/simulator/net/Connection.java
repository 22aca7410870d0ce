package io.millrace.simulator.net;

import io.millrace.cluster.peer.PeerAnswer.Reason;
import io.millrace.simulator.net.SimNetwork.Desk;
import io.millrace.simulator.world.World;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/// One TCP connection. A message that meets a cut route is held back, with all that follow; when the route heals it may
/// come after all, late, even though its sender has given up.
///
/// Owned by: the thread of the simulation.
final class Connection<Q, A> {
    private static final int RETRANSMIT_MS_MAX = 1_000;

    private final SimNetwork network;
    private final SimLink<Q, A> link;
    private final int from;
    private final int to;
    private final String channel;
    private final Set<SimLink<Q, A>.Asked> unanswered = new LinkedHashSet<>();
    private final Direction there;
    private final Direction back;
    private final SimNetwork.Listening peer;
    private boolean isBroken;

    Connection(SimNetwork network, SimLink<Q, A> link, int from, int to, String channel, SimNetwork.Listening peer) {
        this.network = network;
        this.peer = peer;
        this.link = link;
        this.from = from;
        this.to = to;
        this.channel = channel;
        this.there = new Direction(from, to);
        this.back = new Direction(to, from);
    }

    /// Messages one way, in order.
    private final class Direction {
        private final int source;
        private final int target;
        private final Queue<Runnable> held = new ArrayDeque<>();
        private long lastArrivalNs;
        private boolean isStalled;

        Direction(int source, int target) {
            this.source = source;
            this.target = target;
        }

        void carry(Runnable arrive) {
            World world = network.world();
            lastArrivalNs = Math.max(lastArrivalNs, world.nowNs() + network.delayNs(source, target));
            world.after(lastArrivalNs - world.nowNs(), () -> arrived(arrive));
        }

        private void arrived(Runnable arrive) {
            if (isStalled || !network.isOpen(source, target)) {
                isStalled = true;
                held.add(arrive);
            } else {
                arrive.run();
            }
        }

        /// Nothing overtakes what was held back.
        void heal() {
            if (isStalled) {
                long wait = network.chance().between(1, RETRANSMIT_MS_MAX) * World.MS;
                network.world().after(wait, this::resume);
            }
        }

        private void resume() {
            while (!held.isEmpty() && network.isOpen(source, target)) {
                held.remove().run();
            }
            isStalled = !held.isEmpty();
            if (isBroken && !isStalled) {
                network.closed(Connection.this);
            }
        }
    }

    boolean touches(int node) {
        return from == node || to == node;
    }

    void transmit(SimLink<Q, A>.Asked asked) {
        asked.sent();
        unanswered.add(asked);
        there.carry(() -> deliver(asked));
    }

    /// A request that was on its way when its connection broke may still arrive; nobody waits for what it leads to.
    private void deliver(SimLink<Q, A>.Asked asked) {
        if (network.listening(to) != peer) {
            breakOff(Reason.CLOSED);
            return;
        }
        if (isBroken && network.chance().nextBoolean()) {
            return;
        }
        // The channel's name stands for the types of its messages.
        @SuppressWarnings("unchecked")
        Desk<Q, A> desk = (Desk<Q, A>) peer.desks().get(channel);
        if (desk != null) {
            desk.onRequest(from, asked.request, answer -> back.carry(() -> answered(asked, answer)));
        }
    }

    private void answered(SimLink<Q, A>.Asked asked, A answer) {
        if (!isBroken && unanswered.remove(asked)) {
            asked.finish(new LinkAnswer.Answered<>(answer));
        }
    }

    /// The client closes, or its machine tells it that the other end is gone.
    void breakOff(Reason reason) {
        if (isBroken) {
            return;
        }
        isBroken = true;
        link.broken(this);
        if (there.held.isEmpty()) {
            network.closed(this);
        }
        List.copyOf(unanswered).forEach(asked -> asked.fail(reason));
        unanswered.clear();
    }

    void endpointGone(int node, boolean hasPower) {
        if (node == from) {
            forget();
            if (hasPower) {
                there.carry(this::tellBroken);
            }
        } else if (hasPower) {
            back.carry(() -> breakOff(Reason.CLOSED));
        }
    }

    private void forget() {
        isBroken = true;
        network.closed(this);
        unanswered.clear();
    }

    private void tellBroken() {
        if (network.listening(to) == peer) {
            peer.onBroken().onBroken(from, channel);
        }
    }

    void healed(int source, int target) {
        if (there.source == source && there.target == target) {
            there.heal();
        }
        if (back.source == source && back.target == target) {
            back.heal();
        }
    }
}
