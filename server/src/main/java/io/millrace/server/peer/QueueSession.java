package io.millrace.server.peer;

import io.millrace.cluster.queue.LineCaller;
import io.millrace.cluster.queue.LinkGreeting;
import io.millrace.cluster.queue.QueueDesk;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.codec.EncodedResponse.Piece;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A connection by which another node uses the queues of this one. Who calls again has told its publishers that what
/// was unanswered on the line before has failed, though it may be on the way still, after a cut for many seconds: that
/// line ends before the new one begins, so that nothing of it comes behind what is newer.
///
/// Owned by: the connection's event loop.
final class QueueSession implements FrameSession, QueueLine {
    /// Makes the desk of another node.
    @FunctionalInterface
    interface Desks {
        QueueDesk open(int caller, QueueLine line);
    }

    private final Loop loop;
    private final Output output;
    private final CallingLines lines;
    private final Desks desks;
    private @Nullable LineCaller caller;
    private @Nullable QueueDesk desk;
    private @Nullable Runnable successor;
    private boolean waits;
    private boolean closed;

    QueueSession(Loop loop, Output output, CallingLines lines, Desks desks) {
        this.loop = loop;
        this.output = output;
        this.lines = lines;
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
        switch (waits ? new LinkGreeting.Hello.Nonsense() : LinkGreeting.read(frame)) {
            case LinkGreeting.Hello.From(LineCaller calling) -> greeted(calling);
            case LinkGreeting.Hello.Other() -> close("the other node's release speaks otherwise of queues");
            case LinkGreeting.Hello.Nonsense() -> close("no greeting");
        }
    }

    private void greeted(LineCaller calling) {
        caller = calling;
        waits = true;
        lines.called(calling, this)
                .ifPresentOrElse(before -> before.giveWay(() -> loop.run(() -> open(calling))), () -> open(calling));
    }

    /// Nothing comes by the line before any more.
    private void open(LineCaller calling) {
        waits = false;
        if (closed) {
            lines.ended(calling, this);
        } else {
            desk = desks.open(calling.nodeId(), this);
            send(List.of(LinkGreeting.welcome()));
        }
        Runnable next = successor;
        if (next != null) {
            next.run();
        }
    }

    /// Ends because its caller has called again; `then` runs when nothing comes by it any more. May be called from any
    /// thread, once.
    private void giveWay(Runnable then) {
        loop.run(() -> {
            close("its node has called again");
            onClose();
            if (waits) {
                successor = then;
            } else {
                then.run();
            }
        });
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
        LineCaller calling = caller;
        if (calling != null && !waits) {
            lines.ended(calling, this); // one that waits is still in the way of who calls next
        }
        QueueDesk open = desk;
        if (open != null) {
            open.onClosed();
        }
    }
}
