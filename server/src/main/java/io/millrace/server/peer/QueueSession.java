package io.millrace.server.peer;

import io.millrace.cluster.queue.LinkGreeting;
import io.millrace.cluster.queue.QueueDesk;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.codec.EncodedResponse.Piece;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A connection by which another node uses the queues of this one.
///
/// Owned by: the connection's event loop.
final class QueueSession implements FrameSession, QueueLine {
    private final Output output;
    private final Function<QueueLine, QueueDesk> desks;
    private @Nullable QueueDesk desk;
    private boolean closed;

    QueueSession(Output output, Function<QueueLine, QueueDesk> desks) {
        this.output = output;
        this.desks = desks;
    }

    /// What is asked is bounded by who asks: every message has an answer, and only so much is unanswered. A large one
    /// needs room here first.
    @Override
    public boolean wantsMore() {
        QueueDesk open = desk;
        return !closed && (open == null || open.wantsMore());
    }

    @Override
    public void resume() {
        if (!closed) {
            output.resume();
        }
    }

    @Override
    public boolean owesAnswers() {
        return false;
    }

    @Override
    public void onFrame(ByteBuffer frame, Lease lease) {
        if (closed) {
            return;
        }
        QueueDesk open = desk;
        if (open != null) {
            open.onFrame(frame);
            return;
        }
        Optional<Boolean> understood = LinkGreeting.isUnderstood(frame);
        if (understood.isPresent() && understood.get()) {
            desk = desks.apply(this);
            send(List.of(LinkGreeting.welcome()));
        } else {
            close(understood.isPresent() ? "the other node's release speaks otherwise of queues" : "no greeting");
        }
    }

    @Override
    public void send(List<ByteBuffer> frame) {
        if (closed) {
            return;
        }
        List<Piece> pieces = new ArrayList<>(frame.size() + 1);
        int length = 0;
        for (ByteBuffer piece : frame) {
            length += piece.remaining();
        }
        pieces.add(new Piece.Bytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(length).flip()));
        frame.forEach(piece -> pieces.add(new Piece.Bytes(piece)));
        output.send(new EncodedResponse(pieces, Integer.BYTES + (long) length));
    }

    @Override
    public void close(String why) {
        if (!closed) {
            closed = true;
            output.close(why);
        }
    }

    @Override
    public void onClose() {
        closed = true;
        QueueDesk open = desk;
        if (open != null) {
            open.onClosed();
        }
    }
}
