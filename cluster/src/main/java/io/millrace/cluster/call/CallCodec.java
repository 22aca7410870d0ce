package io.millrace.cluster.call;

import io.millrace.cluster.controller.Command;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.model.InvariantViolation;
import java.nio.ByteBuffer;
import java.util.List;

/// Calls and their answers as bytes. A call: a version byte, the number of its [Shape], the fields. An answer: a
/// version byte, how it went, and for a reply the metadata offset it is based on and the fields. Total functions: any
/// bytes decode to a call, or to the reason why they are none.
public final class CallCodec {
    private static final int VERSION = 1;
    private static final int REPLIED = 0;
    private static final int NOT_CONTROLLER = 1;
    private static final int NOT_UNDERSTOOD = 2;

    private static final List<Shape<?, ?>> SHAPES = List.of(
            TopicShapes.CREATE,
            TopicShapes.DELETE,
            TopicShapes.EXTEND,
            ConfigShapes.ALTER,
            ConfigShapes.PRODUCER_IDS,
            ConfigShapes.FEATURES,
            PartitionShapes.RAISE,
            PartitionShapes.IN_SYNC,
            PartitionShapes.GIVE_UP,
            PartitionShapes.ELECT,
            PartitionShapes.REASSIGN,
            NodeShapes.REGISTER,
            NodeShapes.BEAT,
            NodeShapes.UNREGISTER,
            NodeShapes.AWAIT_APPLIED,
            BulletinShapes.HEAR,
            QuorumShapes.DESCRIBE,
            QuorumShapes.ADD,
            QuorumShapes.REMOVE,
            TopologyShapes.CHANGE);

    private CallCodec() {}

    /// What bytes turned out to be.
    public sealed interface Decoded {
        /// A call that filled the bytes exactly.
        record Complete(Call<?> call) implements Decoded {}

        /// Not a call this release knows.
        record Malformed(String why) implements Decoded {}
    }

    /// What another node answered.
    public sealed interface Answer<R> {
        /// @param offset of the metadata the reply is based on: whoever acts on it must know as much
        record Replied<R>(R reply, long offset) implements Answer<R> {}

        /// Somebody else decides, or nobody.
        record NotController<R>() implements Answer<R> {}

        /// It could not read the call, or this node not its answer.
        record Malformed<R>(String why) implements Answer<R> {}
    }

    public static ByteBuffer encode(Call<?> call) {
        RecordWriter out = new RecordWriter();
        out.writeByte(VERSION);
        write(shape(written(call)), written(call), out);
        return ByteBuffer.wrap(out.toBytes());
    }

    /// The level that brought a call: before it is finalised, whoever is asked may not know the call.
    public static MetadataLevel since(Call<?> call) {
        return shape(written(call)).since();
    }

    private static Object written(Call<?> call) {
        return call instanceof Call.Decide<?>(Command<?> command) ? command : call;
    }

    private static <C> void write(Shape<C, ?> shape, Object written, RecordWriter out) {
        out.writeByte(shape.number());
        shape.writer().accept(out, shape.type().cast(written));
    }

    private static Shape<?, ?> shape(Object written) {
        return SHAPES.stream()
                .filter(shape -> shape.type().isInstance(written))
                .findFirst()
                .orElseThrow(() -> new InvariantViolation("no other node may ask for " + written));
    }

    /// Reads what a build knows of which `known` is the highest level.
    public static Decoded decode(ByteBuffer bytes, MetadataLevel known) {
        RecordReader in = new RecordReader(bytes.slice());
        try {
            int version = in.readByte();
            if (version != VERSION) {
                return new Decoded.Malformed("call version " + version + ", this node knows " + VERSION);
            }
            Call<?> call = readCall(in, known);
            return in.remaining() == 0
                    ? new Decoded.Complete(call)
                    : new Decoded.Malformed(in.remaining() + " bytes after the call");
        } catch (MalformedRecord e) {
            return new Decoded.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static Call<?> readCall(RecordReader in, MetadataLevel known) throws MalformedRecord {
        int number = in.readByte();
        for (Shape<?, ?> shape : SHAPES) {
            if (shape.number() == number && known.has(shape.since())) {
                Object read = shape.reader().read(in);
                return read instanceof Command<?> command ? new Call.Decide<>(command) : (Call<?>) read;
            }
        }
        throw new MalformedRecord("call number " + number);
    }

    public static <R> ByteBuffer encodeReply(Call<R> call, R reply, long offset) {
        RecordWriter out = new RecordWriter();
        out.writeByte(VERSION);
        out.writeByte(REPLIED);
        out.writeVarlong(offset + 1);
        CallCodec.<R>shapeOf(call).replyWriter().accept(out, reply);
        return ByteBuffer.wrap(out.toBytes());
    }

    /// The one place where the compiler is told what the table guarantees: a call's shape has the call's reply.
    @SuppressWarnings("unchecked")
    private static <R> Shape<?, R> shapeOf(Call<R> call) {
        return (Shape<?, R>) shape(written(call));
    }

    public static ByteBuffer notController() {
        return ByteBuffer.wrap(new byte[] {VERSION, NOT_CONTROLLER});
    }

    public static ByteBuffer notUnderstood(String why) {
        RecordWriter out = new RecordWriter();
        out.writeByte(VERSION);
        out.writeByte(NOT_UNDERSTOOD);
        out.writeText(why);
        return ByteBuffer.wrap(out.toBytes());
    }

    /// @param image what is known here
    public static <R> Answer<R> decodeAnswer(Call<R> call, ByteBuffer bytes, MetadataImage image) {
        RecordReader in = new RecordReader(bytes.slice());
        try {
            int version = in.readByte();
            if (version != VERSION) {
                return new Answer.Malformed<>("answer version " + version + ", this node knows " + VERSION);
            }
            int how = in.readByte();
            return switch (how) {
                case REPLIED -> replied(call, in, image);
                case NOT_CONTROLLER -> new Answer.NotController<>();
                case NOT_UNDERSTOOD -> new Answer.Malformed<>(in.readText());
                default -> new Answer.Malformed<>("answer number " + how);
            };
        } catch (MalformedRecord e) {
            return new Answer.Malformed<>(String.valueOf(e.getMessage()));
        }
    }

    private static <R> Answer<R> replied(Call<R> call, RecordReader in, MetadataImage image) throws MalformedRecord {
        long offset = in.readVarlong() - 1;
        R reply = CallCodec.<R>shapeOf(call).replyReader().read(in, image);
        return in.remaining() == 0
                ? new Answer.Replied<>(reply, offset)
                : new Answer.Malformed<>(in.remaining() + " bytes after the answer");
    }
}
