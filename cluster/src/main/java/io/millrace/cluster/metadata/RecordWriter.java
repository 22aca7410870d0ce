package io.millrace.cluster.metadata;

import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/// Writes the primitive shapes that records, and calls between nodes, are made of into a growing array.
///
/// Owned by: the one call that made it. Invariant: refuses what [RecordReader] would refuse.
public final class RecordWriter {
    private byte[] bytes = new byte[64];
    private int size;

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /// What was written, without a copy: nothing may be written afterwards.
    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    public int size() {
        return size;
    }

    public void writeByte(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, size * 2);
        }
        bytes[size++] = (byte) value;
    }

    public void writeBoolean(boolean value) {
        writeByte(value ? 1 : 0);
    }

    /// An unsigned number of seven bits a byte, low bits first.
    public void writeVarlong(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        writeByte((int) rest);
    }

    /// A non-negative number.
    public void writeUnsigned(int value) {
        require(value >= 0, "negative number");
        writeVarlong(value);
    }

    /// A number that may be -1 for "none".
    public void writeOptionalId(int value) {
        require(value >= -1, "id below -1");
        writeVarlong(value + 1L);
    }

    /// Whether [#writeString] takes it.
    static boolean isString(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length <= RecordReader.STRING_BYTES_MAX;
    }

    public void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        require(utf8.length <= RecordReader.STRING_BYTES_MAX, "string too long");
        writeBytes(utf8);
    }

    public void writeBytes(byte[] value) {
        writeUnsigned(value.length);
        while (bytes.length - size < value.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /// Text of any length.
    public void writeText(String value) {
        writeBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /// A number of either sign, small ones in few bytes.
    public void writeSigned(int value) {
        long number = value;
        writeVarlong(number << 1 ^ number >> 63);
    }

    /// A list of any length.
    public <T> void writeList(List<T> list, BiConsumer<RecordWriter, T> element) {
        writeUnsigned(list.size());
        list.forEach(each -> element.accept(this, each));
    }

    public void writeId(TopicId id) {
        writeFixedLong(id.mostSignificantBits());
        writeFixedLong(id.leastSignificantBits());
    }

    public void writeCount(int count, int countMax) {
        require(count <= countMax, "list too long");
        writeUnsigned(count);
    }

    public void writeNodeIds(List<Integer> ids) {
        writeCount(ids.size(), RecordReader.REPLICAS_MAX);
        ids.forEach(this::writeUnsigned);
    }

    private void writeFixedLong(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            writeByte((int) (value >>> shift));
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new InvariantViolation("metadata record: " + what);
        }
    }
}
