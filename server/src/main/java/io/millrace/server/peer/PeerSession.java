package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerDesk;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.codec.EncodedResponse.Piece;
import io.millrace.kafka.codec.RequestDecoder;
import io.millrace.kafka.codec.RequestHead;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.model.Lease;
import io.millrace.server.loop.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A connection another node made to us. What it is for is said by the client id of its first request.
///
/// Owned by: the connection's event loop.
public final class PeerSession implements FrameSession {
    /// Unanswered requests of one connection before it is no longer read.
    private static final int IN_FLIGHT_MAX = 1_024;

    private final PeerDesks desks;
    private final EventLoop loop;
    private final InetSocketAddress remote;
    private final Output output;
    /// Of a connection that carries records or what queues are used for.
    private @Nullable FrameSession stream;
    private @Nullable PeerDesk desk;
    private @Nullable ControlDesk control;
    private int unanswered;
    private boolean heldBack;
    private boolean closed;

    public PeerSession(PeerDesks desks, EventLoop loop, InetSocketAddress remote, Output output) {
        this.desks = desks;
        this.loop = loop;
        this.remote = remote;
        this.output = output;
    }

    @Override
    public boolean wantsMore() {
        if (stream != null) {
            return stream.wantsMore();
        }
        boolean wants = !closed && unanswered < IN_FLIGHT_MAX;
        heldBack = !wants;
        return wants;
    }

    /// The engine's answers may wait for what never comes, and calls for a majority: a node that stops sends them away.
    @Override
    public boolean owesAnswers() {
        return stream != null && stream.owesAnswers();
    }

    @Override
    public void onFrame(ByteBuffer frame, Lease lease) {
        if (closed) {
            return;
        }
        if (stream == null && desk == null) {
            choose(frame);
        }
        if (stream != null) {
            stream.onFrame(frame, lease);
        } else if (desk != null) {
            unanswered++;
            desk.onRequest(frame, lease, answer -> loop.run(() -> send(answer)));
        }
    }

    private void choose(ByteBuffer frame) {
        Optional<PeerChannel> channel = channel(frame);
        if (channel.isEmpty()) {
            close("it is no node of a cluster that connects");
            return;
        }
        switch (channel.get()) {
            case METADATA -> desk = desks.metadata().orElse(null);
            case CONTROL -> {
                control = desks.control();
                desk = control;
            }
            case RECORDS -> stream = desks.records(loop, remote, output).orElse(null);
            case QUEUES -> stream = desks.queues(loop, output).orElse(null);
        }
        if (desk == null && stream == null) {
            close("this node is not ready for " + channel.get());
        }
    }

    private static Optional<PeerChannel> channel(ByteBuffer frame) {
        return switch (RequestDecoder.head(frame.duplicate())) {
            case Decoded.Malformed<RequestHead> malformed -> Optional.empty();
            case Decoded.Complete<RequestHead>(RequestHead head) ->
                Arrays.stream(PeerChannel.values())
                        .filter(channel -> channel.clientId().equals(head.clientId()))
                        .findFirst();
        };
    }

    private void send(ByteBuffer answer) {
        unanswered--;
        if (closed) {
            return;
        }
        if (!answer.hasRemaining()) {
            close("its request can not be answered");
            return;
        }
        ByteBuffer size = ByteBuffer.allocate(Integer.BYTES);
        size.putInt(answer.remaining()).flip();
        List<Piece> pieces = List.of(new Piece.Bytes(size), new Piece.Bytes(answer));
        output.send(new EncodedResponse(pieces, Integer.BYTES + (long) answer.remaining()));
        if (heldBack && wantsMore()) {
            output.resume();
        }
    }

    private void close(String why) {
        if (!closed) {
            closed = true;
            output.close(why);
        }
    }

    @Override
    public void onClose() {
        closed = true;
        if (stream != null) {
            stream.onClose();
        }
        if (control != null) {
            control.onClosed();
        }
    }
}
