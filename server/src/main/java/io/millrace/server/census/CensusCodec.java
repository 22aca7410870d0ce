package io.millrace.server.census;

import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ClusterView.NodeRow;
import io.millrace.console.port.ClusterView.Vitals;
import io.millrace.console.port.ConnectionsView.Depth;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.console.port.NodeSummary;
import io.millrace.console.port.Totals;
import io.millrace.console.port.Totals.Count;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Questions and summaries as bytes, behind a version byte. The numbers are on the wire between releases: never reuse
/// one.
final class CensusCodec {
    private static final int VERSION = 1;

    private static final int SUMMARY = 0;
    private static final int ROWS = 1;
    private static final int MORE = 2;
    private static final int CLOSE = 3;

    private static final int ALL = 0;
    private static final int NAMED = 1;
    private static final int CONSUMERS_OF = 2;

    private static final int CONNECTIONS = 0;
    private static final int CHANNELS = 1;
    private static final int CONSUMERS = 2;

    private CensusCodec() {}

    static RecordWriter begin() {
        RecordWriter out = new RecordWriter();
        out.writeByte(VERSION);
        return out;
    }

    static RecordReader open(ByteBuffer bytes) throws MalformedRecord {
        RecordReader in = new RecordReader(bytes.slice());
        int version = in.readByte();
        if (version != VERSION) {
            throw new MalformedRecord("version " + version + ", this node knows " + VERSION);
        }
        return in;
    }

    static ByteBuffer encode(Question question) {
        RecordWriter out = begin();
        switch (question) {
            case Question.Summary() -> out.writeByte(SUMMARY);
            case Question.Rows(Wanted wanted) -> {
                out.writeByte(ROWS);
                write(out, wanted);
            }
            case Question.More(long list) -> {
                out.writeByte(MORE);
                out.writeVarlong(list);
            }
            case Question.Close(String connection, String reason) -> {
                out.writeByte(CLOSE);
                out.writeText(connection);
                out.writeText(reason);
            }
        }
        return out.toBuffer();
    }

    static Question question(ByteBuffer bytes) throws MalformedRecord {
        RecordReader in = open(bytes);
        int kind = in.readByte();
        Question question = switch (kind) {
            case SUMMARY -> new Question.Summary();
            case ROWS -> new Question.Rows(wanted(in));
            case MORE -> new Question.More(in.readVarlong());
            case CLOSE -> new Question.Close(in.readText(), in.readText());
            default -> throw new MalformedRecord("question " + kind);
        };
        end(in);
        return question;
    }

    private static void end(RecordReader in) throws MalformedRecord {
        if (in.remaining() > 0) {
            throw new MalformedRecord(in.remaining() + " bytes too many");
        }
    }

    private static void write(RecordWriter out, Wanted wanted) {
        switch (wanted) {
            case Wanted.All(Depth depth) -> {
                out.writeByte(ALL);
                out.writeByte(
                        switch (depth) {
                            case CONNECTIONS -> CONNECTIONS;
                            case CHANNELS -> CHANNELS;
                            case CONSUMERS -> CONSUMERS;
                        });
            }
            case Wanted.Named(String connection) -> {
                out.writeByte(NAMED);
                out.writeText(connection);
            }
            case Wanted.ConsumersOf(QueueRef queue, int max) -> {
                out.writeByte(CONSUMERS_OF);
                out.writeText(queue.vhost().value());
                out.writeText(queue.name().value());
                out.writeUnsigned(max);
            }
        }
    }

    private static Wanted wanted(RecordReader in) throws MalformedRecord {
        int kind = in.readByte();
        return switch (kind) {
            case ALL -> new Wanted.All(depth(in));
            case NAMED -> new Wanted.Named(in.readText());
            case CONSUMERS_OF ->
                new Wanted.ConsumersOf(
                        new QueueRef(new VhostName(in.readText()), new QueueName(in.readText())), in.readUnsigned());
            default -> throw new MalformedRecord("wanted " + kind);
        };
    }

    private static Depth depth(RecordReader in) throws MalformedRecord {
        int depth = in.readByte();
        return switch (depth) {
            case CONNECTIONS -> Depth.CONNECTIONS;
            case CHANNELS -> Depth.CHANNELS;
            case CONSUMERS -> Depth.CONSUMERS;
            default -> throw new MalformedRecord("depth " + depth);
        };
    }

    static ByteBuffer encode(NodeSummary summary) {
        RecordWriter out = begin();
        out.writeText(summary.node().name());
        out.writeBoolean(summary.node().isRunning());
        out.writeList(summary.node().vitals().stream().toList(), CensusCodec::write);
        out.writeList(summary.listeners(), (each, listener) -> {
            each.writeText(listener.protocol());
            each.writeText(listener.address());
            each.writeUnsigned(listener.port());
        });
        out.writeUnsigned(summary.connections());
        out.writeUnsigned(summary.channels());
        out.writeUnsigned(summary.consumers());
        write(out, summary.totals());
        return out.toBuffer();
    }

    static NodeSummary summary(ByteBuffer bytes) throws MalformedRecord {
        RecordReader in = open(bytes);
        String name = in.readText();
        boolean isRunning = in.readBoolean();
        Optional<Vitals> vitals = in.readList(CensusCodec::vitals).stream().findFirst();
        NodeSummary summary = new NodeSummary(
                new NodeRow(name, isRunning, vitals),
                in.readList(each -> new ListenerRow(each.readText(), each.readText(), each.readUnsigned())),
                in.readUnsigned(),
                in.readUnsigned(),
                in.readUnsigned(),
                totals(in));
        end(in);
        return summary;
    }

    private static void write(RecordWriter out, Vitals vitals) {
        out.writeVarlong(vitals.processId());
        out.writeVarlong(vitals.uptimeMs());
        out.writeUnsigned(vitals.processors());
        out.writeVarlong(vitals.memoryUsed());
        out.writeVarlong(vitals.memoryLimit());
        out.writeBoolean(vitals.memoryAlarm());
        out.writeVarlong(vitals.diskFree());
        out.writeBoolean(vitals.diskAlarm());
        out.writeVarlong(vitals.filesOpen());
        out.writeVarlong(vitals.filesMax());
    }

    private static Vitals vitals(RecordReader in) throws MalformedRecord {
        return new Vitals(
                in.readVarlong(),
                in.readVarlong(),
                in.readUnsigned(),
                in.readVarlong(),
                in.readVarlong(),
                in.readBoolean(),
                in.readVarlong(),
                in.readBoolean(),
                in.readVarlong(),
                in.readVarlong());
    }

    private static void write(RecordWriter out, Totals totals) {
        out.writeVarlong(totals.ready());
        out.writeVarlong(totals.unacknowledged());
        out.writeList(List.copyOf(totals.stats().entrySet()), (each, stat) -> {
            each.writeText(stat.getKey());
            each.writeVarlong(stat.getValue().count());
            each.writeVarlong(Double.doubleToLongBits(stat.getValue().rate()));
        });
    }

    private static Totals totals(RecordReader in) throws MalformedRecord {
        long ready = in.readVarlong();
        long unacknowledged = in.readVarlong();
        Map<String, Count> stats = new HashMap<>();
        for (Map.Entry<String, Count> stat : in.readList(CensusCodec::stat)) {
            stats.put(stat.getKey(), stat.getValue());
        }
        return new Totals(ready, unacknowledged, stats);
    }

    private static Map.Entry<String, Count> stat(RecordReader in) throws MalformedRecord {
        return Map.entry(in.readText(), new Count(in.readVarlong(), Double.longBitsToDouble(in.readVarlong())));
    }
}
