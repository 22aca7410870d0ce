package io.millrace.server.census;

import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.console.port.ConnectionsView.Connected;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.model.Clock;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/// One node asked for its rows, page after page. Ends with what came when a page does not, when there are too many rows
/// or it takes too long.
///
/// Owned by: the loop of the nodes it asks.
final class RowQuestion {
    static final int ROWS_MAX = 200_000;
    static final long WHOLE_MS_MAX = 5_000;

    private final OtherNodes others;
    private final int node;
    private final Clock clock;
    private final long deadlineMs;
    private final Consumer<Optional<Connected>> reply;
    private final RowReader rows = new RowReader();

    private RowQuestion(OtherNodes others, int node, Clock clock, Consumer<Optional<Connected>> reply) {
        this.others = others;
        this.node = node;
        this.clock = clock;
        this.deadlineMs = clock.monotonicMs() + WHOLE_MS_MAX;
        this.reply = reply;
    }

    /// @param reply called once; with nothing when the node answers nothing
    static void ask(OtherNodes others, int node, Wanted wanted, Clock clock, Consumer<Optional<Connected>> reply) {
        new RowQuestion(others, node, clock, reply).ask(new Question.Rows(wanted));
    }

    private void ask(Question question) {
        others.ask(node, question, this::onAnswer);
    }

    private void onAnswer(PeerAnswer answer) {
        long next = answer instanceof PeerAnswer.Frame frame ? read(frame.bytes()) : CensusDesk.OVER;
        if (next == CensusDesk.OVER || rows.size() >= ROWS_MAX || clock.monotonicMs() >= deadlineMs) {
            reply.accept(rows.size() == 0 ? Optional.empty() : Optional.of(rows.rows()));
        } else {
            ask(new Question.More(next));
        }
    }

    private long read(ByteBuffer bytes) {
        try {
            RecordReader in = CensusCodec.open(bytes);
            long next = in.readVarlong();
            rows.read(new RecordReader(ByteBuffer.wrap(in.readBytes())));
            return next;
        } catch (MalformedRecord unknown) {
            return CensusDesk.OVER; // a release that speaks otherwise
        }
    }
}
