package io.millrace.cluster.metadata;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Arguments as bytes, exactly: order, types and widths come back as they were.
///
/// The numbers below are on disks: never reuse one.
public final class ArgumentsCodec {
    /// Tables in tables; a client that sends deeper ones is refused before.
    private static final int DEPTH_MAX = 64;

    /// Of what is declared: half an AMQP frame of the usual size.
    static final int BYTES_MAX = 64 << 10;

    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int WHOLE = 3;
    private static final int REAL = 4;
    private static final int DECIMAL = 5;
    private static final int BOOL = 6;
    private static final int TIMESTAMP = 7;
    private static final int TABLE = 8;
    private static final int SEQUENCE = 9;
    private static final int NOTHING = 10;

    private static final List<Width> WIDTHS = List.of(
            Width.BYTE,
            Width.UNSIGNED_BYTE,
            Width.SHORT,
            Width.UNSIGNED_SHORT,
            Width.INT,
            Width.UNSIGNED_INT,
            Width.LONG);

    private ArgumentsCodec() {}

    /// Why they can not be kept: every node has them in memory and in the metadata log.
    public static Optional<String> refusal(Arguments arguments) {
        if (!isWritable(arguments)) {
            return Optional.of("arguments are nested too deeply");
        }
        RecordWriter written = new RecordWriter();
        write(written, arguments);
        return written.size() > BYTES_MAX
                ? Optional.of("arguments take " + written.size() + " bytes, " + BYTES_MAX + " are allowed")
                : Optional.empty();
    }

    /// Whether they can be read again when they are written.
    public static boolean isWritable(Arguments arguments) {
        return arguments.entries().values().stream().allMatch(value -> isWritable(value, 0));
    }

    private static boolean isWritable(ArgumentValue value, int depth) {
        return depth <= DEPTH_MAX
                && switch (value) {
                    case ArgumentValue.Table table ->
                        table.entries().entries().values().stream().allMatch(each -> isWritable(each, depth + 1));
                    case ArgumentValue.Sequence sequence ->
                        sequence.values().stream().allMatch(each -> isWritable(each, depth + 1));
                    default -> true;
                };
    }

    public static void write(RecordWriter out, Arguments arguments) {
        out.writeList(List.copyOf(arguments.entries().entrySet()), (each, entry) -> {
            each.writeText(entry.getKey());
            writeValue(each, entry.getValue());
        });
    }

    public static void writeValue(RecordWriter out, ArgumentValue value) {
        switch (value) {
            case ArgumentValue.Text text -> writeBytes(out, TEXT, text.bytes());
            case ArgumentValue.Binary binary -> writeBytes(out, BINARY, binary.bytes());
            case ArgumentValue.Whole whole -> {
                out.writeByte(WHOLE);
                out.writeByte(WIDTHS.indexOf(whole.width()));
                out.writeVarlong(whole.value());
            }
            case ArgumentValue.Real real -> {
                out.writeByte(REAL);
                out.writeBoolean(real.isSingle());
                out.writeVarlong(Double.doubleToRawLongBits(real.value()));
            }
            case ArgumentValue.Decimal decimal -> {
                out.writeByte(DECIMAL);
                out.writeSigned(decimal.scale());
                out.writeVarlong(decimal.unscaled());
            }
            case ArgumentValue.Bool bool -> {
                out.writeByte(BOOL);
                out.writeBoolean(bool.value());
            }
            case ArgumentValue.Timestamp timestamp -> {
                out.writeByte(TIMESTAMP);
                out.writeVarlong(timestamp.seconds());
            }
            case ArgumentValue.Table table -> {
                out.writeByte(TABLE);
                write(out, table.entries());
            }
            case ArgumentValue.Sequence sequence -> {
                out.writeByte(SEQUENCE);
                out.writeList(sequence.values(), ArgumentsCodec::writeValue);
            }
            case ArgumentValue.Nothing _ -> out.writeByte(NOTHING);
        }
    }

    private static void writeBytes(RecordWriter out, int type, ByteString bytes) {
        out.writeByte(type);
        out.writeBytes(bytes.toByteArray());
    }

    public static Arguments read(RecordReader in) throws MalformedRecord {
        return read(in, 0);
    }

    private static Arguments read(RecordReader in, int depth) throws MalformedRecord {
        Map<String, ArgumentValue> entries = new LinkedHashMap<>();
        for (int left = in.readCount(Integer.MAX_VALUE); left > 0; left--) {
            entries.put(in.readText(), readValue(in, depth));
        }
        return Arguments.of(entries);
    }

    public static ArgumentValue readValue(RecordReader in) throws MalformedRecord {
        return readValue(in, 0);
    }

    private static ArgumentValue readValue(RecordReader in, int depth) throws MalformedRecord {
        if (depth > DEPTH_MAX) {
            throw new MalformedRecord("arguments nested deeper than " + DEPTH_MAX);
        }
        int type = in.readByte();
        return switch (type) {
            case TEXT -> new ArgumentValue.Text(ByteString.of(in.readBytes()));
            case BINARY -> new ArgumentValue.Binary(ByteString.of(in.readBytes()));
            case WHOLE -> {
                int width = in.readByte();
                if (width >= WIDTHS.size()) {
                    throw new MalformedRecord("width " + width);
                }
                yield new ArgumentValue.Whole(in.readVarlong(), WIDTHS.get(width));
            }
            case REAL -> {
                boolean isSingle = in.readBoolean();
                yield new ArgumentValue.Real(Double.longBitsToDouble(in.readVarlong()), isSingle);
            }
            case DECIMAL -> new ArgumentValue.Decimal(in.readSigned(), in.readVarlong());
            case BOOL -> ArgumentValue.bool(in.readBoolean());
            case TIMESTAMP -> new ArgumentValue.Timestamp(in.readVarlong());
            case TABLE -> new ArgumentValue.Table(read(in, depth + 1));
            case SEQUENCE -> new ArgumentValue.Sequence(in.readList(each -> readValue(each, depth + 1)));
            case NOTHING -> new ArgumentValue.Nothing();
            default -> throw new MalformedRecord("type of argument " + type);
        };
    }
}
