package io.millrace.amqp.session;

import io.millrace.amqp.codec.Frame;
import io.millrace.amqp.codec.FrameRead;
import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.ProtocolHeader;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.amqp.mapping.Tables;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// One AMQP connection: bytes in, frames out.
///
/// ```
/// HEADER ──> HANDSHAKE ──> OPEN ──> CLOSING ──> LINGERING ──> CLOSED
///     │          │          └───────────────────────^           ^
///     └──────────┴──────────────────────────────────────────────┘
/// ```
///
/// A client's close that came while a channel waits for an answer waits for it, in ENDING, before OPEN is left.
/// In CLOSING, which an error of the client's or our own stop begins, everything but the client's close is dropped. In
/// LINGERING both sides have said that it is over, and closing the socket is the client's part: a socket that is closed
/// while something is on its way resets the connection, so that the client meets a fault where it waits for close-ok.
///
/// Owned by: the loop of the connection.
/// Invariant: whatever the client sends is answered as the protocol has it; nothing is thrown.
public final class AmqpSession {
    private static final long HANDSHAKE_MS_MAX = 10_000;
    private static final long CLOSING_MS_MAX = 3_000;
    private static final long ENDING_MS_MAX = 3_000;
    private static final long GONE_MS_MAX = 3_000;
    private static final long LINGERING_MS_MAX = 10_000;

    /// What a socket that is slow gets on top, in answers to what is read: a client that writes before it reads goes on
    /// for so long.
    private static final long SLOW_BYTES_MAX = 4 * 1024 * 1024;

    private final Connection connection;
    private final AmqpOutput output;
    private final MethodDecoder decoder = new MethodDecoder();
    private final Handshake handshake;
    private final Channels channels;
    private final Heartbeats heartbeats;

    private final long connectedAtMs;

    private Phase phase = Phase.HEADER;
    private long bytesReceived;
    private long phaseSinceMs;
    private boolean closeOkIsDue;
    private boolean isDeaf;
    private boolean isSlow;
    private long bytesSentWhenSlow;
    private long bytesTaken;
    private int bytesLeft;
    private boolean muted;

    public AmqpSession(AmqpPorts ports, AmqpPeer peer, AmqpOutput output) {
        this.connection = new Connection(ports, peer, output);
        this.output = output;
        this.handshake = new Handshake(connection);
        this.channels = new Channels(connection, decoder, this::fail, output);
        this.heartbeats = new Heartbeats(connection);
        this.connectedAtMs = ports.clock().wallMs();
        this.phaseSinceMs = nowMs();
    }

    private enum Phase {
        HEADER,
        HANDSHAKE,
        OPEN,
        ENDING,
        CLOSING,
        LINGERING,
        CLOSED
    }

    /// Takes as many whole frames from `in` as it may; what is left must be offered again with what follows it.
    public void onBytes(ByteBuf in) {
        int offered = in.readableBytes();
        if (offered > bytesLeft) {
            heartbeats.received();
        }
        take(in);
        bytesLeft = in.readableBytes();
        bytesReceived += offered - bytesLeft;
    }

    private void take(ByteBuf in) {
        while (phase != Phase.LINGERING && !isDeaf && wantsMore()) {
            if (!takeOne(in)) {
                return;
            }
        }
        if (phase == Phase.LINGERING) {
            in.skipBytes(in.readableBytes());
        } else if (isDeaf) {
            dropBytes(in);
        }
    }

    /// Whether bytes may be offered now; else [AmqpOutput#resume] tells when.
    public boolean wantsMore() {
        boolean room = switch (phase) {
            case HEADER, HANDSHAKE, OPEN -> connection.inflow().hasRoom() && !isStuck();
            case CLOSING, LINGERING -> true;
            case ENDING, CLOSED -> false;
        };
        muted = !room;
        return room;
    }

    private boolean isStuck() {
        return isSlow && connection.bytesSent() - bytesSentWhenSlow >= SLOW_BYTES_MAX;
    }

    private boolean takeOne(ByteBuf in) {
        if (phase == Phase.HEADER) {
            if (in.readableBytes() < ProtocolHeader.BYTES) {
                return false;
            }
            onHeader(ProtocolHeader.read(in));
            return true;
        }
        switch (FrameReader.read(in, connection.frameMax())) {
            case FrameRead.Incomplete _ -> {
                return false;
            }
            case FrameRead.Malformed(int _, AmqpError error) -> {
                isDeaf = true; // where the next frame begins nobody knows
                fail(error);
            }
            case Frame frame -> onFrame(frame);
        }
        return true;
    }

    private void onHeader(ProtocolHeader header) {
        if (!header.isServed()) {
            ByteBuf ours = output.allocator().buffer(ProtocolHeader.BYTES);
            ProtocolHeader.writeTo(ours);
            output.write(ours);
            end("spoke " + header + ", AMQP 0-9-1 is served here");
            return;
        }
        become(Phase.HANDSHAKE);
        handshake.start();
    }

    private void onFrame(Frame frame) {
        if (frame instanceof Frame.Heartbeat) {
            return;
        }
        switch (phase) {
            case HANDSHAKE -> onHandshake(frame);
            case OPEN -> {
                if (frame.channel() != 0) {
                    channels.onFrame(frame);
                } else if (frame instanceof Frame.Method(int _, ByteBuf payload)) {
                    onConnectionMethod(payload);
                }
            }
            case CLOSING -> onClosing(frame);
            case HEADER, ENDING, LINGERING, CLOSED -> {}
        }
    }

    private void onHandshake(Frame frame) {
        if (!(frame instanceof Frame.Method(int channel, ByteBuf payload)) || channel != 0) {
            end("a frame of channel " + frame.channel() + " before the connection was open");
            return;
        }
        switch (decoder.decode(payload)) {
            case Decoded.Malformed<AmqpMethod>(AmqpError error) -> end(error.text());
            case Decoded.Complete<AmqpMethod>(AmqpMethod method) -> onHandshake(method);
        }
    }

    private void onHandshake(AmqpMethod method) {
        try {
            switch (handshake.on(method)) {
                case Handshake.Next.GoOn _ -> {}
                case Handshake.Next.Opened _ -> become(Phase.OPEN);
                case Handshake.Next.HangUp(String why) -> end(why);
            }
        } catch (Refused refused) {
            boolean isLogin = refused.error().code() == ReplyCode.ACCESS_REFUSED;
            fail(isLogin ? refused.error() : refused.error().in(method.classId(), method.methodId()));
        }
    }

    private void onConnectionMethod(ByteBuf payload) {
        switch (decoder.decode(payload)) {
            case Decoded.Malformed<AmqpMethod>(AmqpError error) -> fail(error);
            case Decoded.Complete<AmqpMethod>(AmqpMethod method) -> {
                switch (method) {
                    case ConnectionMethods.Close _ -> {
                        become(Phase.ENDING);
                        endWhenDone();
                    }
                    case ConnectionMethods.UpdateSecret _ -> connection.send(0, new ConnectionMethods.UpdateSecretOk());
                    default ->
                        fail(AmqpError.of(ReplyCode.CHANNEL_ERROR, "unexpected method in connection state running")
                                .in(method.classId(), method.methodId()));
                }
            }
        }
    }

    private void onClosing(Frame frame) {
        if (frame.channel() != 0
                || !(frame instanceof Frame.Method(int _, ByteBuf payload))
                || !(decoder.decode(payload) instanceof Decoded.Complete<AmqpMethod>(AmqpMethod method))) {
            return;
        }
        if (method instanceof ConnectionMethods.CloseOk) {
            hasHeard();
        } else if (method instanceof ConnectionMethods.Close) {
            sayCloseOk();
        }
    }

    /// What the client sent before its close has happened before it, also what waits behind a method.
    private void endWhenDone() {
        if (phase == Phase.ENDING && channels.areDone()) {
            sayCloseOk();
        }
    }

    /// The client has closed: it hears so once its exclusive queues are gone, since it may declare them again at once.
    private void sayCloseOk() {
        become(Phase.LINGERING);
        channels.closeAll();
        if (muted) {
            output.resume(); // to drop what comes
        }
        closeOkIsDue = true;
        connection.gone(this::sendCloseOk);
    }

    private void sendCloseOk() {
        if (phase == Phase.LINGERING && closeOkIsDue) {
            closeOkIsDue = false;
            connection.send(0, new ConnectionMethods.CloseOk());
        }
    }

    /// The client knows that we have closed. It sees the end of what we say, should it wait for that.
    private void hasHeard() {
        become(Phase.LINGERING);
        connection.flush();
        output.end();
    }

    private void fail(AmqpError error) {
        if (phase == Phase.HANDSHAKE || phase == Phase.OPEN) {
            output.tell(error.text());
        }
        close(error);
    }

    /// Tells the client why the connection ends, and waits for its answer.
    private void close(AmqpError error) {
        if (phase == Phase.ENDING) {
            sayCloseOk();
            return;
        }
        if (phase == Phase.CLOSING || phase == Phase.LINGERING || phase == Phase.CLOSED) {
            return;
        }
        become(Phase.CLOSING);
        channels.closeAll();
        connection.gone(() -> {});
        connection.send(
                0, new ConnectionMethods.Close(error.code().code(), error.text(), error.classId(), error.methodId()));
        if (muted) {
            output.resume(); // to hear the answer
        }
    }

    /// The node stops: no connection goes on.
    public void shutDown() {
        forceClose("broker forced connection closure with reason 'shutdown'");
    }

    /// Somebody wants the connection to end.
    ///
    /// @param reason what the client hears
    public void forceClose(String reason) {
        switch (phase) {
            case OPEN -> close(Connection.forced(reason).error());
            case HEADER, HANDSHAKE, LINGERING -> end("");
            case ENDING, CLOSING, CLOSED -> {}
        }
    }

    private void end(String why) {
        become(Phase.CLOSED);
        connection.flush();
        output.close(why);
    }

    /// The connection as it is now; what nobody has logged in on has no user.
    public SessionView view() {
        return new SessionView(
                connection.user(),
                connection.vhostName(),
                state(),
                connection.mechanism(),
                connection.channelMax(),
                connection.frameMax(),
                connection.heartbeatSeconds(),
                connectedAtMs,
                bytesReceived,
                connection.bytesSent(),
                Tables.arguments(connection.client().properties()),
                channels.views());
    }

    private String state() {
        return switch (phase) {
            case HEADER, HANDSHAKE -> "starting";
            case OPEN -> connection.inflow().isBlocked() ? "blocked" : "running";
            case ENDING, CLOSING, LINGERING, CLOSED -> "closing";
        };
    }

    /// Sends what has gathered. Called at the end of a turn that asked for it.
    public void flush() {
        endWhenDone();
        connection.flush();
    }

    /// The socket takes what is sent, or has too much of it already: then nothing more is delivered, and not much more
    /// read.
    public void onWritable(boolean isWritable) {
        if (isSlow == isWritable) {
            isSlow = !isWritable;
            bytesSentWhenSlow = connection.bytesSent();
            channels.slow(isSlow);
            if (muted && wantsMore()) {
                output.resume();
            }
        }
    }

    /// Called about once in half a second: heartbeats, and ends of what takes too long.
    public void onTick() {
        long nowMs = nowMs();
        switch (phase) {
            case HEADER, HANDSHAKE -> {
                if (nowMs - phaseSinceMs > HANDSHAKE_MS_MAX) {
                    end("no open connection after " + HANDSHAKE_MS_MAX + " ms");
                }
            }
            case OPEN -> {
                String expulsion = connection.expulsion();
                if (!expulsion.isEmpty()) {
                    forceClose(expulsion);
                    return;
                }
                connection.inflow().onTick();
                channels.onTick(nowMs);
                lookForLife();
                heartbeats.beat(nowMs);
                if (heartbeats.isMissed(nowMs)) {
                    end("missed heartbeats of " + connection.heartbeatSeconds() + " s");
                }
            }
            case ENDING -> {
                endWhenDone();
                if (phase == Phase.ENDING && nowMs - phaseSinceMs > ENDING_MS_MAX) {
                    sayCloseOk();
                }
            }
            case CLOSING -> {
                if (nowMs - phaseSinceMs > CLOSING_MS_MAX) {
                    end("");
                }
            }
            case LINGERING -> {
                if (nowMs - phaseSinceMs > GONE_MS_MAX) {
                    sendCloseOk(); // whoever decides on queues is away
                }
                if (nowMs - phaseSinceMs > LINGERING_MS_MAX) {
                    end("");
                }
            }
            case CLOSED -> {
                if (nowMs - phaseSinceMs > GONE_MS_MAX) {
                    output.abandon(); // the socket is full, and its client does not read
                }
            }
        }
    }

    /// A client that is not read can not say that it is there. Where that is because it does not read itself, it is
    /// there as long as its socket takes something.
    private void lookForLife() {
        long taken = connection.bytesSent() - output.unsentBytes();
        boolean mayHaveSaidSo = muted && (taken != bytesTaken || !isStuck());
        bytesTaken = taken;
        if (mayHaveSaidSo) {
            heartbeats.received();
        }
    }

    /// The socket has closed.
    public void onClose() {
        phase = Phase.CLOSED;
        channels.closeAll();
        connection.gone(() -> {});
        connection.drop();
    }

    private void become(Phase next) {
        phase = next;
        phaseSinceMs = nowMs();
    }

    private long nowMs() {
        return connection.ports().clock().monotonicMs();
    }

    /// Of a client that can not be understood any more, the end of what it sends may still say that it has heard us.
    private void dropBytes(ByteBuf in) {
        ByteBuf closeOk = Unpooled.wrappedBuffer(CLOSE_OK);
        int at = in.writerIndex() - CLOSE_OK.length;
        boolean heard = at >= in.readerIndex() && in.slice(at, CLOSE_OK.length).equals(closeOk);
        in.skipBytes(in.readableBytes());
        if (heard && phase == Phase.CLOSING) {
            hasHeard();
        }
    }

    private static final byte[] CLOSE_OK = {1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 51, (byte) Frame.END};
}
