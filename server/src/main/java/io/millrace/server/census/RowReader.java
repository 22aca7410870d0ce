package io.millrace.server.census;

import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.metadata.ArgumentsCodec;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.console.port.ConnectionsView.ChannelRow;
import io.millrace.console.port.ConnectionsView.Connected;
import io.millrace.console.port.ConnectionsView.ConnectionRow;
import io.millrace.console.port.ConnectionsView.ConsumerRow;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads what [RowPages] wrote, page by page. Words that many rows have, and what clients say of themselves, are kept
/// once.
///
/// Owned by: whoever asked for them.
final class RowReader {
    private final List<ConnectionRow> connections = new ArrayList<>();
    private final List<ChannelRow> channels = new ArrayList<>();
    private final List<ConsumerRow> consumers = new ArrayList<>();
    private final Map<Object, Object> once = new HashMap<>();
    private @Nullable ConnectionRow connection;
    private @Nullable ChannelRow channel;

    /// Reads what is left of a page.
    void read(RecordReader in) throws MalformedRecord {
        while (in.remaining() > 0) {
            int kind = in.readByte();
            switch (kind) {
                case RowPages.CONNECTION -> {
                    connection = connection(in);
                    connections.add(connection);
                }
                case RowPages.CHANNEL -> {
                    channel = channel(in, known(connection));
                    channels.add(channel);
                }
                case RowPages.CONSUMER -> consumers.add(consumer(in, known(channel)));
                default -> throw new MalformedRecord("row " + kind);
            }
        }
    }

    /// How many rows were read.
    int size() {
        return connections.size() + channels.size() + consumers.size();
    }

    Connected rows() {
        return new Connected(connections, channels, consumers);
    }

    private static <T> T known(@Nullable T row) throws MalformedRecord {
        if (row == null) {
            throw new MalformedRecord("a row of nothing");
        }
        return row;
    }

    private String word(RecordReader in) throws MalformedRecord {
        String word = in.readText();
        return once.computeIfAbsent(word, same -> same) instanceof String known ? known : word;
    }

    private ConnectionRow connection(RecordReader in) throws MalformedRecord {
        return new ConnectionRow(
                in.readText(),
                word(in),
                word(in),
                new VhostName(word(in)),
                word(in),
                word(in),
                word(in),
                word(in),
                in.readUnsigned(),
                word(in),
                in.readUnsigned(),
                in.readSigned(),
                in.readSigned(),
                in.readSigned(),
                in.readUnsigned(),
                in.readVarlong(),
                in.readVarlong(),
                in.readVarlong(),
                arguments(in));
    }

    private Arguments arguments(RecordReader in) throws MalformedRecord {
        Arguments read = ArgumentsCodec.read(in);
        return once.computeIfAbsent(read, same -> same) instanceof Arguments known ? known : read;
    }

    private ChannelRow channel(RecordReader in, ConnectionRow of) throws MalformedRecord {
        int number = in.readUnsigned();
        return new ChannelRow(
                ChannelRow.name(of.name(), number),
                of,
                number,
                word(in),
                in.readSigned(),
                in.readSigned(),
                in.readBoolean(),
                in.readBoolean(),
                in.readVarlong(),
                in.readVarlong(),
                in.readUnsigned());
    }

    private ConsumerRow consumer(RecordReader in, ChannelRow of) throws MalformedRecord {
        return new ConsumerRow(
                of,
                new QueueRef(new VhostName(word(in)), new QueueName(word(in))),
                in.readText(),
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean(),
                in.readSigned(),
                arguments(in));
    }
}
