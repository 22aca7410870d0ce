package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.cluster.queue.LineCaller;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.NameLoop;
import io.millrace.server.net.MemoryBudget;
import io.millrace.server.net.NetworkLoops;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Links over TCP. A link made for one of the network's loops has its connection there; one made for another loop has
/// it on any of them, and answers are posted.
///
/// May be called from any thread.
public final class NettyPeers implements Peers {
    private final NetworkLoops loops;
    private final NameLoop names;
    private final Clock clock;
    private final AtomicInteger next = new AtomicInteger();

    /// Counts what answers hold. It never refuses: we asked for them, and whoever asks bounds how much.
    private final MemoryBudget answers;

    public NettyPeers(NetworkLoops loops, NameLoop names, Clock clock) {
        this.loops = loops;
        this.names = names;
        this.clock = clock;
        this.answers = loops.budget(Long.MAX_VALUE);
    }

    @Override
    public PeerLink link(Loop loop, PeerAddress to, PeerChannel channel) {
        EventLoop home = home(loop);
        PeerDialer dialer = new PeerDialer(loops.nettyLoop(home), names, to, answers);
        return new NettyLink(home, loop, dialer, clock, to + " " + channel.clientId());
    }

    /// Lines to the queues of a node, on `loop`.
    ///
    /// @param self this node
    /// @param to where it is, asked for with every line
    public QueueLine.Dialler queueLines(int self, EventLoop loop, Supplier<Optional<PeerAddress>> to) {
        int number = loops.all().indexOf(loop);
        return (use, listener) -> {
            LineCaller caller = new LineCaller(self, number, use);
            Optional<PeerAddress> address = to.get();
            return address.isPresent()
                    ? NettyQueueLine.dial(
                            loop,
                            new PeerDialer(loops.nettyLoop(loop), names, address.get(), answers),
                            caller,
                            listener)
                    : NettyQueueLine.nowhere(loop, caller, listener);
        };
    }

    private EventLoop home(Loop loop) {
        if (loop instanceof EventLoop event) {
            return event;
        }
        List<EventLoop> all = loops.all();
        return all.get(Math.floorMod(next.getAndIncrement(), all.size()));
    }

    /// Memory held by answers that are arriving or in use, for metrics.
    public long answerBytes() {
        return answers.bytesHeld();
    }
}
