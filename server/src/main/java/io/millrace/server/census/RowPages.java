package io.millrace.server.census;

import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.console.port.ConnectionsView.ChannelRow;
import io.millrace.console.port.ConnectionsView.Connected;
import io.millrace.console.port.ConnectionsView.ConnectionRow;
import io.millrace.console.port.ConnectionsView.ConsumerRow;
import io.millrace.model.Arguments;

/// Rows as bytes, one page after the other: each connection is followed by its channels, each channel by its consumers.
/// [RowReader] reads them.
///
/// Owned by: whoever answers with them.
final class RowPages {
    static final int CONNECTION = 1;
    static final int CHANNEL = 2;
    static final int CONSUMER = 3;

    /// About a frame.
    static final int PAGE_BYTES = 128 << 10;

    private final Connected rows;
    private int connections;
    private int channels;
    private int consumers;

    RowPages(Connected rows) {
        this.rows = rows;
    }

    /// Whether all rows were written. Channels and consumers come before the next connection.
    boolean isOver() {
        return connections == rows.connections().size() && !isChannelNext() && !isConsumerNext();
    }

    void writeNext(RecordWriter out) {
        int end = out.size() + PAGE_BYTES;
        while (!isOver() && out.size() < end) {
            writeRow(out);
        }
    }

    private boolean isConsumerNext() {
        return consumers < rows.consumers().size()
                && channels > 0
                && rows.consumers().get(consumers).channel() == rows.channels().get(channels - 1);
    }

    private boolean isChannelNext() {
        return channels < rows.channels().size()
                && connections > 0
                && rows.channels().get(channels).connection()
                        == rows.connections().get(connections - 1);
    }

    private void writeRow(RecordWriter out) {
        if (isConsumerNext()) {
            write(out, rows.consumers().get(consumers++));
        } else if (isChannelNext()) {
            write(out, rows.channels().get(channels++));
        } else {
            write(out, rows.connections().get(connections++));
        }
    }

    private static void write(RecordWriter out, ConnectionRow row) {
        out.writeByte(CONNECTION);
        out.writeText(row.name());
        out.writeText(row.node());
        out.writeText(row.user());
        out.writeText(row.vhost().value());
        out.writeText(row.state());
        out.writeText(row.protocol());
        out.writeText(row.mechanism());
        out.writeText(row.host());
        out.writeUnsigned(row.port());
        out.writeText(row.peerHost());
        out.writeUnsigned(row.peerPort());
        out.writeSigned(row.channelMax());
        out.writeSigned(row.frameMax());
        out.writeSigned(row.heartbeatSeconds());
        out.writeUnsigned(row.channels());
        out.writeVarlong(row.connectedAtMs());
        out.writeVarlong(row.bytesReceived());
        out.writeVarlong(row.bytesSent());
        write(out, row.clientProperties());
    }

    private static void write(RecordWriter out, ChannelRow row) {
        out.writeByte(CHANNEL);
        out.writeUnsigned(row.number());
        out.writeText(row.state());
        out.writeSigned(row.prefetch());
        out.writeSigned(row.globalPrefetch());
        out.writeBoolean(row.confirms());
        out.writeBoolean(row.isTransactional());
        out.writeVarlong(row.unacknowledged());
        out.writeVarlong(row.unconfirmed());
        out.writeUnsigned(row.consumers());
    }

    private static void write(RecordWriter out, ConsumerRow row) {
        out.writeByte(CONSUMER);
        out.writeText(row.queue().vhost().value());
        out.writeText(row.queue().name().value());
        out.writeText(row.tag());
        out.writeBoolean(row.ackRequired());
        out.writeBoolean(row.exclusive());
        out.writeBoolean(row.active());
        out.writeSigned(row.prefetch());
        write(out, row.arguments());
    }

    /// What can not be read there is left out: a page would end with it, and all rows after it.
    private static void write(RecordWriter out, Arguments arguments) {
        ArgumentsCodec.write(out, ArgumentsCodec.isWritable(arguments) ? arguments : Arguments.NONE);
    }
}
