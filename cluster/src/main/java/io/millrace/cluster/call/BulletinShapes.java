package io.millrace.cluster.call;

import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.bulletin.Bulletin;
import io.millrace.cluster.bulletin.Bulletin.Count;
import io.millrace.cluster.bulletin.Seat;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;

/// What nodes tell each other of themselves.
final class BulletinShapes {
    static final Shape<Call.Hear, Boolean> HEAR = new Shape<>(
            23,
            MetadataLevel.TOPOLOGY,
            Call.Hear.class,
            (out, hear) -> {
                Bulletin bulletin = hear.bulletin();
                out.writeSigned(bulletin.nodeId());
                out.writeVarlong(bulletin.nodeEpoch());
                out.writeVarlong(bulletin.number());
                out.writeBoolean(bulletin.isFirst());
                out.writeBoolean(bulletin.alarms().memory());
                out.writeBoolean(bulletin.alarms().disk());
                out.writeList(bulletin.counts(), BulletinShapes::writeCount);
            },
            in -> new Call.Hear(new Bulletin(
                    in.readSigned(),
                    in.readVarlong(),
                    in.readVarlong(),
                    in.readBoolean(),
                    new Alarms(in.readBoolean(), in.readBoolean()),
                    in.readList(BulletinShapes::readCount))),
            RecordWriter::writeBoolean,
            (in, image) -> in.readBoolean());

    private BulletinShapes() {}

    private static int code(Seat.Kind kind) {
        return switch (kind) {
            case VHOST_CONNECTION -> 0;
            case USER_CONNECTION -> 1;
            case USER_CHANNEL -> 2;
        };
    }

    private static Seat.Kind kind(int code) throws MalformedRecord {
        return switch (code) {
            case 0 -> Seat.Kind.VHOST_CONNECTION;
            case 1 -> Seat.Kind.USER_CONNECTION;
            case 2 -> Seat.Kind.USER_CHANNEL;
            default -> throw new MalformedRecord("kind of seat " + code);
        };
    }

    private static void writeCount(RecordWriter out, Count count) {
        out.writeByte(code(count.seat().kind()));
        out.writeText(count.seat().name());
        out.writeVarlong(count.taken());
    }

    private static Count readCount(RecordReader in) throws MalformedRecord {
        return new Count(new Seat(kind(in.readByte()), in.readText()), in.readUpTo(Integer.MAX_VALUE, "count"));
    }
}
