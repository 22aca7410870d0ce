package io.millrace.cluster.metadata;

import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the primitive shapes that records, and calls between nodes, are made of, checking every length before anything
/// is allocated from it.
///
/// Owned by: the one call that made it.
public final class RecordReader {
    static final int STRING_BYTES_MAX = 32_767;
    static final int REPLICAS_MAX = 1_000;

    private final ByteBuffer bytes;

    public RecordReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    public int remaining() {
        return bytes.remaining();
    }

    public int readByte() throws MalformedRecord {
        if (!bytes.hasRemaining()) {
            throw new MalformedRecord("ends too early");
        }
        return bytes.get() & 0xff;
    }

    public boolean readBoolean() throws MalformedRecord {
        int value = readByte();
        if (value > 1) {
            throw new MalformedRecord("boolean " + value);
        }
        return value == 1;
    }

    public long readVarlong() throws MalformedRecord {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = readByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedRecord("number longer than 64 bits");
    }

    public int readUnsigned() throws MalformedRecord {
        return readUpTo(Integer.MAX_VALUE, "number");
    }

    public int readOptionalId() throws MalformedRecord {
        long value = readVarlong();
        if (value < 0 || value > Integer.MAX_VALUE + 1L) {
            throw new MalformedRecord("id " + value);
        }
        return (int) (value - 1);
    }

    public String readString() throws MalformedRecord {
        int length = readUpTo(STRING_BYTES_MAX, "string length");
        if (length > bytes.remaining()) {
            throw new MalformedRecord("string of " + length + " bytes, " + bytes.remaining() + " left");
        }
        byte[] text = new byte[length];
        bytes.get(text);
        return isAscii(text) ? new String(text, StandardCharsets.ISO_8859_1) : decoded(text);
    }

    /// Nearly all names are, and a hundred thousand of them are read at a start.
    private static boolean isAscii(byte[] text) {
        int all = 0;
        for (byte each : text) {
            all |= each;
        }
        return all >= 0;
    }

    private static String decoded(byte[] utf8) throws MalformedRecord {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedRecord("string is not UTF-8");
        }
    }

    /// Bytes of any length, a copy.
    public byte[] readBytes() throws MalformedRecord {
        return readBytes(readCount(Integer.MAX_VALUE));
    }

    /// So many bytes, a copy.
    public byte[] readBytes(int length) throws MalformedRecord {
        if (length > bytes.remaining()) {
            throw new MalformedRecord(length + " bytes, " + bytes.remaining() + " left");
        }
        byte[] read = new byte[length];
        bytes.get(read);
        return read;
    }

    /// Text of any length, as somebody else gave it.
    public String readText() throws MalformedRecord {
        return new String(readBytes(), StandardCharsets.UTF_8);
    }

    /// A number of either sign.
    public int readSigned() throws MalformedRecord {
        long value = readVarlong();
        long number = value >>> 1 ^ -(value & 1);
        if (number != (int) number) {
            throw new MalformedRecord("number " + number);
        }
        return (int) number;
    }

    /// Reads one element of a list.
    @FunctionalInterface
    public interface Element<T> {
        T read(RecordReader in) throws MalformedRecord;
    }

    /// A list of any length whose elements take at least a byte each.
    public <T> List<T> readList(Element<T> element) throws MalformedRecord {
        int count = readCount(Integer.MAX_VALUE);
        List<T> list = new ArrayList<>(Math.min(count, 1_000));
        for (int at = 0; at < count; at++) {
            list.add(element.read(this));
        }
        return list;
    }

    public TopicId readId() throws MalformedRecord {
        if (bytes.remaining() < Long.BYTES * 2) {
            throw new MalformedRecord("ends inside an id");
        }
        return new TopicId(bytes.getLong(), bytes.getLong());
    }

    /// The length of a list whose elements take at least a byte each.
    public int readCount(int countMax) throws MalformedRecord {
        int count = readUpTo(countMax, "list length");
        if (count > bytes.remaining()) {
            throw new MalformedRecord("list of " + count + " in " + bytes.remaining() + " bytes");
        }
        return count;
    }

    public int readUpTo(int max, String what) throws MalformedRecord {
        long value = readVarlong();
        if (value < 0 || value > max) {
            throw new MalformedRecord(what + " " + value);
        }
        return (int) value;
    }

    public List<Integer> readNodeIds() throws MalformedRecord {
        int count = readCount(REPLICAS_MAX);
        List<Integer> ids = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            ids.add(readUnsigned());
        }
        return List.copyOf(ids);
    }

    /// Bytes that no record is written as. Stays inside the codecs: their callers see a value that says so.
    public static final class MalformedRecord extends Exception {
        private static final long serialVersionUID = 1L;

        public MalformedRecord(String why) {
            super(why);
        }
    }
}
