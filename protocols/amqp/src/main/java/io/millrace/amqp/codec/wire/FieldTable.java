package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A field table: names and values in their order, duplicates included. Immutable.
///
/// It keeps its bytes, which were checked when it was made, so that everything here is total, and it goes out as it
/// came in. Values are decoded when someone asks; [#find] decodes that one value only. Equal are tables of equal bytes:
/// RabbitMQ's looser comparison of arguments is not for the codec.
public final class FieldTable {
    /// How deep tables and arrays may nest: as deep as RabbitMQ's Java client reads them. RabbitMQ itself has no limit.
    public static final int DEPTH_MAX = 32;

    public static final FieldTable EMPTY = new FieldTable(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int to;
    private @Nullable List<Entry> entries;

    /// Over bytes that [TableCheck] accepted.
    FieldTable(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /// A name and its value. RabbitMQ reads names and values of type `S` as octets; see [ShortStrings].
    public record Entry(String name, FieldValue value) {}

    public static FieldTable of(List<Entry> entries) {
        if (entries.isEmpty()) {
            return EMPTY;
        }
        ByteBuf out = Unpooled.buffer(64);
        for (Entry entry : entries) {
            ShortStrings.write(out, entry.name());
            TableWriter.write(out, entry.value());
        }
        byte[] encoded = Arrays.copyOf(out.array(), out.writerIndex());
        if (!TableCheck.isTable(encoded, 0, encoded.length)) {
            throw new IllegalArgumentException("tables nested deeper than " + DEPTH_MAX);
        }
        return new FieldTable(encoded, 0, encoded.length);
    }

    public static Builder builder() {
        return new Builder();
    }

    /// From the bytes behind the length, which must never change again.
    public static Decoded<FieldTable> decode(byte[] contents) {
        if (contents.length == 0) {
            return new Decoded.Complete<>(EMPTY);
        }
        return TableCheck.isTable(contents, 0, contents.length)
                ? new Decoded.Complete<>(new FieldTable(contents, 0, contents.length))
                : new Decoded.Malformed<>(TableCheck.ERROR);
    }

    public boolean isEmpty() {
        return from == to;
    }

    /// Octets on the wire, without the four of the length.
    public int size() {
        return to - from;
    }

    /// All entries, in their order.
    public List<Entry> entries() {
        List<Entry> known = entries;
        if (known == null) {
            known = TableReader.entries(bytes, from, to);
            entries = known;
        }
        return known;
    }

    /// The first value of this name, as RabbitMQ looks it up. Nothing else is decoded.
    public Optional<FieldValue> find(String name) {
        return TableReader.find(bytes, from, to, name);
    }

    /// With its length in front.
    public void writeTo(ByteBuf out) {
        out.writeInt(size());
        out.writeBytes(bytes, from, size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldTable that && Arrays.equals(bytes, from, to, that.bytes, that.from, that.to);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return entries().toString();
    }

    /// Entries in the order in which they are put; nothing is replaced.
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();

        private Builder() {}

        public Builder put(String name, FieldValue value) {
            entries.add(new Entry(name, value));
            return this;
        }

        public Builder put(String name, String text) {
            return put(name, FieldValue.Text.of(text));
        }

        public Builder put(String name, boolean value) {
            return put(name, new FieldValue.Bool(value));
        }

        /// As `l`, which is how RabbitMQ writes numbers of its own.
        public Builder put(String name, long value) {
            return put(name, new FieldValue.Int(FieldValue.IntType.INT64, value));
        }

        public Builder put(String name, FieldTable table) {
            return put(name, new FieldValue.Table(table));
        }

        public FieldTable build() {
            return FieldTable.of(entries);
        }
    }
}
