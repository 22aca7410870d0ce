package io.millrace.server.census;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ConnectionsView.ConnectionRow;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.console.port.NodeSummaries;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.function.Consumer;

/// Answers the questions of other nodes. A list that is longer than a page stays open for the next page: so many at
/// once, the oldest one goes, and each for so long.
///
/// Owned by: its loop.
final class CensusDesk {
    static final int OPEN_MAX = 16;
    static final long OPEN_MS_MAX = 10_000;

    /// No list goes on.
    static final long OVER = 0;

    private static final ByteBuffer NOT_UNDERSTOOD = ByteBuffer.allocate(0);

    private final Loop loop;
    private final ConnectionsView connections;
    private final NodeSummaries summaries;
    private final LinkedHashMap<Long, RowPages> open = new LinkedHashMap<>();
    private long lastList = OVER;

    /// @param connections those of this node
    /// @param summaries this node's
    CensusDesk(Loop loop, ConnectionsView connections, NodeSummaries summaries) {
        this.loop = loop;
        this.connections = connections;
        this.summaries = summaries;
    }

    /// @param reply called once; with nothing when the question is none
    void answer(ByteBuffer question, Consumer<ByteBuffer> reply) {
        loop.assertOwned();
        try {
            switch (CensusCodec.question(question)) {
                case Question.Summary() -> summaries.latest(own -> reply.accept(CensusCodec.encode(own.getFirst())));
                case Question.Rows(Wanted wanted) ->
                    connections.ask(wanted, rows -> loop.run(() -> reply.accept(page(++lastList, new RowPages(rows)))));
                case Question.More(long list) -> {
                    RowPages pages = open.remove(list);
                    reply.accept(pages == null ? NOT_UNDERSTOOD : page(list, pages));
                }
                case Question.Close(String connection, String reason) -> close(connection, reason, reply);
            }
        } catch (MalformedRecord none) {
            reply.accept(NOT_UNDERSTOOD);
        }
    }

    private ByteBuffer page(long list, RowPages pages) {
        RecordWriter rows = new RecordWriter();
        pages.writeNext(rows);
        RecordWriter out = CensusCodec.begin();
        out.writeVarlong(pages.isOver() ? OVER : list);
        out.writeBytes(rows.toBytes());
        if (!pages.isOver()) {
            open.put(list, pages);
            if (open.size() > OPEN_MAX) {
                open.pollFirstEntry();
            }
            loop.after(OPEN_MS_MAX, () -> open.remove(list, pages));
        }
        return out.toBuffer();
    }

    private void close(String connection, String reason, Consumer<ByteBuffer> reply) {
        connections.ask(new Wanted.Named(connection), rows -> {
            for (ConnectionRow row : rows.connections()) {
                connections.close(row, reason);
            }
            reply.accept(CensusCodec.begin().toBuffer());
        });
    }
}
