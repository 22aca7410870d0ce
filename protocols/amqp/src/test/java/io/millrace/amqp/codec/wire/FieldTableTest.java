package io.millrace.amqp.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.amqp.codec.wire.FieldTable.Entry;
import io.millrace.amqp.codec.wire.FieldValue.IntType;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldTableTest {
    @Test
    void everyLetterIsReadAsRabbitMqReadsIt() {
        byte[] bytes = hex("""
                01 61 53 00000002 6869
                01 62 78 00000002 ff00
                01 63 74 07
                01 64 62 ff
                01 65 42 ff
                01 66 73 fffe
                01 67 75 fffe
                01 68 49 fffffffd
                01 69 69 fffffffd
                01 6a 6c fffffffffffffffc
                01 6b 4c fffffffffffffffc
                01 6c 66 3f800000
                01 6d 64 3ff0000000000000
                01 6e 44 02 ffffffff
                01 6f 54 0000000065a0bc00
                01 70 46 00000003 01 78 56
                01 71 41 00000003 56 74 01
                01 72 56
                """);

        FieldTable table = decoded(bytes);

        assertThat(table.entries())
                .containsExactly(
                        new Entry("a", FieldValue.Text.of("hi")),
                        new Entry("b", new FieldValue.Binary(LongString.of(new byte[] {-1, 0}))),
                        new Entry("c", new FieldValue.Bool(true)),
                        new Entry("d", new FieldValue.Int(IntType.INT8, -1)),
                        new Entry("e", new FieldValue.Int(IntType.UINT8, 255)),
                        new Entry("f", new FieldValue.Int(IntType.INT16, -2)),
                        new Entry("g", new FieldValue.Int(IntType.UINT16, 65534)),
                        new Entry("h", new FieldValue.Int(IntType.INT32, -3)),
                        new Entry("i", new FieldValue.Int(IntType.UINT32, 4294967293L)),
                        new Entry("j", new FieldValue.Int(IntType.INT64, -4)),
                        new Entry("k", new FieldValue.Int(IntType.INT64_CAPITAL, -4)),
                        new Entry("l", new FieldValue.Float32(1)),
                        new Entry("m", new FieldValue.Float64(1)),
                        new Entry("n", new FieldValue.Decimal(2, 4294967295L)),
                        new Entry("o", new FieldValue.Timestamp(0x65a0bc00L)),
                        new Entry("p", new FieldValue.Table(FieldTable.of(List.of(new Entry("x", nothing()))))),
                        new Entry("q", new FieldValue.Array(List.of(nothing(), new FieldValue.Bool(true)))),
                        new Entry("r", nothing()));
        assertThat(octets(table)).as("also a true that is a 7").isEqualTo(bytes);
    }

    @Test
    void keepsOrderAndDuplicatesAndFindsTheFirst() {
        FieldTable table = FieldTable.builder()
                .put("b", "1")
                .put("a", "2")
                .put("b", "3")
                .put("", "4")
                .put("é", "5")
                .build();

        assertThat(table.entries()).extracting(Entry::name).containsExactly("b", "a", "b", "", "é");
        assertThat(table.find("b")).contains(FieldValue.Text.of("1"));
        assertThat(table.find("")).contains(FieldValue.Text.of("4"));
        assertThat(table.find("é")).contains(FieldValue.Text.of("5"));
        assertThat(table.find("c")).isEmpty();
        assertThat(FieldTable.EMPTY.find("a")).isEmpty();
    }

    @Test
    void namesAndTextsThatAreNoUtf8KeepTheirOctets() {
        byte[] bytes = hex("02 61ff 53 00000001 80");

        FieldTable table = decoded(bytes);

        assertThat(table.entries()).hasSize(1);
        assertThat(FieldTable.of(table.entries())).isEqualTo(table);
        assertThat(ShortStrings.octets(table.entries().getFirst().name())).isEqualTo(hex("61ff"));
        assertThat(table.find(table.entries().getFirst().name())).isPresent();
    }

    @Test
    void refusesWhatDoesNotHoldTogether() {
        assertMalformed("05 61"); // a name longer than the table
        assertMalformed("01 61"); // no letter
        assertMalformed("01 61 7a"); // a letter nobody knows
        assertMalformed("01 61 49 000000"); // a value cut off
        assertMalformed("01 61 53 00000005 6869"); // a length beyond the table
        assertMalformed("01 61 53 ffffffff 6869"); // a length beyond any memory
        assertMalformed("01 61 53 0000"); // a length cut off
        assertMalformed("01 61 46 00000001 01"); // a broken table within
        assertMalformed("01 61 41 00000001 53"); // a broken array within
    }

    @Test
    void nestingHasALimitSoThatNoStackOverflows() {
        assertThat(FieldTable.decode(nested('F', FieldTable.DEPTH_MAX - 1))).isInstanceOf(Decoded.Complete.class);
        assertThat(FieldTable.decode(nested('F', FieldTable.DEPTH_MAX))).isInstanceOf(Decoded.Malformed.class);
        assertThat(FieldTable.decode(nested('F', 100_000))).isInstanceOf(Decoded.Malformed.class);
        assertThat(FieldTable.decode(nested('A', 100_000))).isInstanceOf(Decoded.Malformed.class);

        FieldTable deepest = decoded(nested('F', FieldTable.DEPTH_MAX - 1));
        assertThatThrownBy(() -> FieldTable.builder().put("too deep", deepest).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void whatWasWrittenIsReadAgain(SeededRandomness random) {
        FieldTable table = Tables.any(random);

        FieldTable again = decoded(octets(table));

        assertThat(again).isEqualTo(table).hasSameHashCodeAs(table);
        assertThat(FieldTable.of(again.entries())).isEqualTo(table);
        for (Entry entry : table.entries()) {
            Entry first = table.entries().stream()
                    .filter(each -> each.name().equals(entry.name()))
                    .findFirst()
                    .orElseThrow();
            assertThat(again.find(entry.name())).contains(first.value());
        }
    }

    @Property
    void noBytesThrow(SeededRandomness random) {
        byte[] bytes = octets(Tables.any(random));
        for (int i = 0; i < bytes.length; i += 1 + random.nextInt(10)) {
            bytes[i] = (byte) random.nextLong();
        }

        if (FieldTable.decode(bytes) instanceof Decoded.Complete<FieldTable>(FieldTable table)) {
            assertThat(octets(table)).isEqualTo(bytes);
            assertThat(table.toString()).isNotNull();
            assertThat(table.find("a")).isNotNull();
        }
    }

    private static FieldValue nothing() {
        return new FieldValue.Nothing();
    }

    private static FieldTable decoded(byte[] contents) {
        return ((Decoded.Complete<FieldTable>) FieldTable.decode(contents)).value();
    }

    private static void assertMalformed(String contents) {
        assertThat(FieldTable.decode(hex(contents)))
                .as(contents)
                .isEqualTo(new Decoded.Malformed<>(AmqpError.of(ReplyCode.SYNTAX_ERROR, "malformed field table")));
    }

    private static byte[] octets(FieldTable table) {
        ByteBuf out = Unpooled.buffer();
        table.writeTo(out);
        assertThat(out.readInt()).isEqualTo(table.size());
        return Arrays.copyOfRange(out.array(), out.readerIndex(), out.writerIndex());
    }

    /// Contents with `levels` tables or arrays within each other.
    private static byte[] nested(char letter, int levels) {
        byte[] head = letter == 'F' ? "\u0001aF".getBytes(StandardCharsets.US_ASCII) : new byte[] {'A'};
        int each = head.length + Integer.BYTES;
        int first = letter == 'F' ? 0 : 2;
        ByteBuf out = Unpooled.buffer(first + each * levels);
        if (letter == 'A') {
            out.writeBytes("\u0001a".getBytes(StandardCharsets.US_ASCII));
        }
        for (int left = levels - 1; left >= 0; left--) {
            out.writeBytes(head).writeInt(left * each);
        }
        return Arrays.copyOf(out.array(), out.writerIndex());
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
}
