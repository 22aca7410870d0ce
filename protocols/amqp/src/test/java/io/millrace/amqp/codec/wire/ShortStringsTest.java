package io.millrace.amqp.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ShortStringsTest {
    @Property
    void anyOctetsComeOutAsTheyCameIn(SeededRandomness random) {
        byte[] octets = random.bytes(random.nextInt(ShortStrings.BYTES_MAX + 1));

        String text = ShortStrings.decode(octets, 0, octets.length);

        assertThat(ShortStrings.octets(text)).isEqualTo(octets);
        assertThat(ShortStrings.matches(octets, 0, octets.length, text)).isTrue();
        assertThat(written(text)).isEqualTo(octets);
    }

    @Property
    void textIsUtf8(SeededRandomness random) {
        String text = Tables.text(random, 60);
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);

        assertThat(ShortStrings.decode(octets, 0, octets.length)).isEqualTo(text);
        assertThat(ShortStrings.hasEscapes(text)).isFalse();
        assertThat(written(text)).isEqualTo(octets);
    }

    @Test
    void whatIsCutOffInTheMiddleOfACharacterIsNoUtf8() {
        byte[] octets = Arrays.copyOf("😀".getBytes(StandardCharsets.UTF_8), 3);

        String text = ShortStrings.decode(octets, 0, octets.length);

        assertThat(ShortStrings.hasEscapes(text)).isTrue();
        assertThat(ShortStrings.octets(text)).isEqualTo(octets);
    }

    @Test
    void beyond255OctetsNothingIsWritten() {
        ByteBuf out = Unpooled.buffer();

        ShortStrings.write(out, "x".repeat(255));
        assertThat(out.readableBytes()).isEqualTo(256);
        assertThatThrownBy(() -> ShortStrings.write(out, "x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ShortStrings.write(out, "é".repeat(128))).isInstanceOf(IllegalArgumentException.class);
        assertThat(out.readableBytes()).isEqualTo(256);
    }

    @Test
    void errorTextsAreCutToFit() {
        String text = AmqpError.of(ReplyCode.NOT_FOUND, "no queue '" + "é".repeat(200) + "'")
                .text();

        assertThat(text).startsWith("NOT_FOUND - no queue 'é").endsWith("é...");
        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(252, 255);
        assertThat(AmqpError.of(ReplyCode.NOT_FOUND, "no queue 'a'").text()).isEqualTo("NOT_FOUND - no queue 'a'");
    }

    @Test
    void recentStringsAreNeverMistakenForOthers() {
        var recent = new RecentStrings();

        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1_000; i++) {
                byte[] octets = ("key." + i).getBytes(StandardCharsets.UTF_8);
                assertThat(recent.decode(octets, octets.length)).isEqualTo("key." + i);
                assertThat(recent.decode(octets, octets.length)).isSameAs(recent.decode(octets, octets.length));
            }
        }
        assertThat(recent.decode(new byte[] {1}, 0)).isEmpty();
    }

    private static byte[] written(String text) {
        ByteBuf out = Unpooled.buffer();
        ShortStrings.write(out, text);
        assertThat(out.readUnsignedByte()).isEqualTo((short) out.readableBytes());
        return Arrays.copyOfRange(out.array(), out.readerIndex(), out.writerIndex());
    }
}
