package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerAnswer.Reason;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.net.FrameLease;
import io.millrace.server.peer.PeerDialer.Dialled;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A link over TCP: dials when there is something to send, matches answers to requests by correlation id, gives up on
/// what takes too long. A connection that brought nothing since a request that timed out was sent is taken for dead and
/// closed: after a network heals, TCP may take seconds to notice.
///
/// Owned by: an event loop; answers are given inside the loop the link was made for.
final class NettyLink implements PeerLink, PeerDialer.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(NettyLink.class);

    /// Unanswered requests at once.
    private static final int IN_FLIGHT_MAX = 4_096;

    private static final int CORRELATION_ID_AT = 4;
    private static final long TELL_AGAIN_MS = 60_000;

    private final EventLoop loop;
    private final Loop answers;
    private final PeerDialer dialer;
    private final Clock clock;
    private final String name;
    private final Redial redial = new Redial();
    private final Map<Integer, Pending> pending = new LinkedHashMap<>();
    private final Deque<Pending> unsent = new ArrayDeque<>();
    private State state = State.DOWN;
    private @Nullable Channel channel;
    private int nextCorrelationId;
    private boolean flushPosted;
    private boolean closed;
    private long lastBytesMs;
    private long tellMs = Long.MIN_VALUE;

    /// @param answers the loop the link was made for
    /// @param name for error texts
    NettyLink(EventLoop loop, Loop answers, PeerDialer dialer, Clock clock, String name) {
        this.loop = loop;
        this.answers = answers;
        this.dialer = dialer;
        this.clock = clock;
        this.name = name;
    }

    private enum State {
        DOWN,
        DIALLING,
        UP
    }

    /// A request that waits for its answer.
    private static final class Pending {
        private final int correlationId;
        private final ByteBuffer frame;
        private final Consumer<PeerAnswer> answer;
        private Loop.@Nullable Timer timer;
        private long sentMs;
        private boolean sent;

        Pending(int correlationId, ByteBuffer frame, Consumer<PeerAnswer> answer) {
            this.correlationId = correlationId;
            this.frame = frame;
            this.answer = answer;
        }
    }

    @Override
    public void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
        loop.post(() -> start(frame, timeoutMs, answer));
    }

    private void start(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
        Pending request = new Pending(nextCorrelationId++, frame, answer);
        if (closed) {
            fail(request, Reason.CLOSED, "the link is closed");
        } else if (pending.size() >= IN_FLIGHT_MAX) {
            fail(request, Reason.UNREACHABLE, IN_FLIGHT_MAX + " requests wait for an answer already");
        } else if (state == State.DOWN && !redial.isDue(clock.monotonicMs())) {
            fail(request, Reason.UNREACHABLE, redial.lastWhy());
        } else {
            pending.put(request.correlationId, request);
            request.timer = loop.after(timeoutMs, () -> onTimeout(request, timeoutMs));
            if (state == State.UP) {
                write(request);
            } else {
                unsent.add(request);
                dial();
            }
        }
    }

    private void dial() {
        if (state == State.DOWN) {
            state = State.DIALLING;
            dialer.dial(this);
        }
    }

    @Override
    public void onDialled(Dialled dialled) {
        switch (dialled) {
            case Dialled.Failed failed -> {
                state = State.DOWN;
                redial.onFailure(clock.monotonicMs(), failed.why());
                failAll(failed.reason(), failed.why());
            }
            case Dialled.Open open when closed -> open.channel().close();
            case Dialled.Open open -> {
                state = State.UP;
                channel = open.channel();
                lastBytesMs = clock.monotonicMs();
                while (!unsent.isEmpty()) {
                    write(unsent.remove());
                }
            }
        }
    }

    private void write(Pending request) {
        Channel open = channel;
        if (open == null || !pending.containsKey(request.correlationId)) {
            return; // timed out while the connection was made
        }
        ByteBuffer frame = request.frame;
        frame.putInt(frame.position() + CORRELATION_ID_AT, request.correlationId);
        ByteBuf bytes = open.alloc().ioBuffer(Integer.BYTES + frame.remaining());
        bytes.writeInt(frame.remaining()).writeBytes(frame.duplicate());
        request.sent = true;
        request.sentMs = clock.monotonicMs();
        open.write(bytes, open.voidPromise());
        if (!flushPosted) {
            flushPosted = true;
            loop.atEndOfTurn(this::flush);
        }
    }

    private void flush() {
        flushPosted = false;
        if (channel != null) {
            channel.flush();
        }
    }

    private void onTimeout(Pending request, long timeoutMs) {
        if (pending.remove(request.correlationId) == null) {
            return;
        }
        unsent.remove(request);
        Channel open = channel;
        fail(request, Reason.TIMED_OUT, name + " did not answer within " + timeoutMs + " ms");
        if (open != null && request.sent && lastBytesMs < request.sentMs) {
            open.close();
        }
    }

    @Override
    public void onBytes() {
        lastBytesMs = clock.monotonicMs();
        redial.onSuccess();
    }

    @Override
    public void onFrame(FrameLease frame) {
        ByteBuffer bytes = frame.frame();
        if (bytes.remaining() < Integer.BYTES) {
            return;
        }
        Pending request = pending.remove(bytes.getInt(bytes.position()));
        if (request == null) {
            return; // it was given up on
        }
        cancelTimer(request);
        PeerAnswer.Frame answer = new PeerAnswer.Frame(bytes, frame);
        if (answers == loop) {
            request.answer.accept(answer);
        } else {
            frame.retain();
            answers.post(() -> {
                try {
                    request.answer.accept(answer);
                } finally {
                    frame.release();
                }
            });
        }
    }

    @Override
    public void onUnreadable(String why) {
        if (clock.monotonicMs() >= tellMs) {
            tellMs = clock.monotonicMs() + TELL_AGAIN_MS;
            LOG.warn("event=peer-connection-closed remote={} reason=\"{}\"", name, why);
        }
    }

    @Override
    public void onClosed() {
        if (state == State.UP) {
            state = State.DOWN;
            channel = null;
            redial.onClosed(clock.monotonicMs());
            failAll(Reason.CLOSED, name + " closed the connection");
        }
    }

    private void failAll(Reason reason, String why) {
        List<Pending> all = List.copyOf(pending.values());
        pending.clear();
        unsent.clear();
        for (Pending request : all) {
            cancelTimer(request);
            fail(request, reason, why);
        }
    }

    private void fail(Pending request, Reason reason, String why) {
        answers.post(() -> request.answer.accept(new PeerAnswer.Failed(reason, request.sent, why)));
    }

    private static void cancelTimer(Pending request) {
        if (request.timer != null) {
            request.timer.cancel();
        }
    }

    @Override
    public void close() {
        loop.run(() -> {
            closed = true;
            failAll(Reason.CLOSED, "the link is closed");
            if (channel != null) {
                channel.close();
            }
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
