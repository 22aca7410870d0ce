package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerDesk;
import io.millrace.cluster.peer.PeerEnvelope;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// One connection of [io.millrace.cluster.peer.PeerChannel#CONTROL]: opens envelopes, and remembers whose they are so
/// that it can be told who hung up.
///
/// Owned by: the connection's event loop.
public final class ControlDesk implements PeerDesk {
    private static final ByteBuffer CLOSE = ByteBuffer.allocate(0);
    private static final int NOBODY = -1;

    private final Supplier<ByteBuffer> introduction;
    private final BiConsumer<ByteBuffer, Consumer<ByteBuffer>> calls;
    private final BiConsumer<ByteBuffer, Consumer<ByteBuffer>> questions;
    private final IntConsumer onHungUp;
    private int caller = NOBODY;

    /// @param introduction what to say when asked who we are
    /// @param calls answers what the controller is asked; keeps the bytes it is given
    /// @param questions answers what any node is asked of itself; keeps the bytes it is given
    /// @param onHungUp told the node whose calls came by this connection when it closes
    public ControlDesk(
            Supplier<ByteBuffer> introduction,
            BiConsumer<ByteBuffer, Consumer<ByteBuffer>> calls,
            BiConsumer<ByteBuffer, Consumer<ByteBuffer>> questions,
            IntConsumer onHungUp) {
        this.introduction = introduction;
        this.calls = calls;
        this.questions = questions;
        this.onHungUp = onHungUp;
    }

    @Override
    public void onRequest(ByteBuffer frame, Lease lease, Consumer<ByteBuffer> reply) {
        PeerEnvelope.of(frame).ifPresentOrElse(envelope -> answer(envelope, reply), () -> reply.accept(CLOSE));
    }

    private void answer(PeerEnvelope envelope, Consumer<ByteBuffer> reply) {
        switch (envelope.kind()) {
            case INTRODUCTION -> reply.accept(envelope.response(introduction.get()));
            case CALL -> {
                caller = envelope.nodeId();
                ask(calls, envelope, reply);
            }
            case QUESTION -> ask(questions, envelope, reply);
        }
    }

    private static void ask(
            BiConsumer<ByteBuffer, Consumer<ByteBuffer>> desk, PeerEnvelope envelope, Consumer<ByteBuffer> reply) {
        ByteBuffer asked = ByteBuffer.allocate(envelope.content().remaining());
        asked.put(envelope.content().duplicate()).flip();
        desk.accept(asked, answer -> reply.accept(answer.hasRemaining() ? envelope.response(answer) : CLOSE));
    }

    void onClosed() {
        if (caller != NOBODY) {
            onHungUp.accept(caller);
        }
    }
}
