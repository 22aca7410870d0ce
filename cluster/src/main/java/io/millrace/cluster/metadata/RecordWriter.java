package io.millrace.cluster.metadata;

import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Writes the primitive shapes records are made of into a growing array.
///
/// Owned by: the one call that made it. Invariant: refuses what [RecordReader] would refuse.
final class RecordWriter {
    private byte[] bytes = new byte[64];
    private int size;

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    void writeByte(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, size * 2);
        }
        bytes[size++] = (byte) value;
    }

    void writeBoolean(boolean value) {
        writeByte(value ? 1 : 0);
    }

    /// An unsigned number of seven bits a byte, low bits first.
    void writeVarlong(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        writeByte((int) rest);
    }

    /// A non-negative number.
    void writeUnsigned(int value) {
        require(value >= 0, "negative number");
        writeVarlong(value);
    }

    /// A number that may be -1 for "none".
    void writeOptionalId(int value) {
        require(value >= -1, "id below -1");
        writeVarlong(value + 1L);
    }

    void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        require(utf8.length <= RecordReader.STRING_BYTES_MAX, "string too long");
        writeUnsigned(utf8.length);
        for (byte one : utf8) {
            writeByte(one);
        }
    }

    void writeId(TopicId id) {
        writeFixedLong(id.mostSignificantBits());
        writeFixedLong(id.leastSignificantBits());
    }

    void writeCount(int count, int countMax) {
        require(count <= countMax, "list too long");
        writeUnsigned(count);
    }

    void writeNodeIds(List<Integer> ids) {
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
