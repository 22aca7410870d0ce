package io.millrace.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int FRAME_MAX = FrameReader.FRAME_MAX_LOWEST;

    @Test
    void cutsOneFrameAfterTheOther() {
        ByteBuf in = Bytes.hex("01 0007 00000004 003c0050 ce 08 0000 00000000 ce 03 0001 00000002 6869 ce 03");

        assertThat(read(in)).isEqualTo(new Frame.Method(7, Bytes.hex("003c0050")));
        assertThat(read(in)).isEqualTo(new Frame.Heartbeat());
        assertThat(read(in)).isEqualTo(new Frame.Body(1, Bytes.hex("6869")));
        assertThat(read(in)).isEqualTo(new FrameRead.Incomplete());
        assertThat(in.readableBytes()).isEqualTo(1);
    }

    @Test
    void waitsForEveryByte() {
        ByteBuf whole = Bytes.hex("02 0001 0000000e 003c 0000 0000000000000005 0000 ce");

        for (int split = 0; split < whole.readableBytes(); split++) {
            ByteBuf part = Unpooled.copiedBuffer(whole.slice(0, split));
            assertThat(read(part)).isEqualTo(new FrameRead.Incomplete());
            assertThat(part.readerIndex()).isZero();
        }
        assertThat(read(whole)).isInstanceOf(Frame.Header.class);
    }

    @Test
    void forgivesEightOctetsAndNotOneMore() {
        ByteBuf largest = Unpooled.buffer();
        largest.writeByte(3)
                .writeShort(1)
                .writeInt(FRAME_MAX)
                .writeZero(FRAME_MAX)
                .writeByte(0xce);

        assertThat(read(largest)).isInstanceOf(Frame.Body.class);
        assertMalformed(
                "03 0001 00001001",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4097,4088}");
        assertMalformed(
                "03 0001 ffffffff",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,4294967295,4088}");
    }

    @Test
    void refusesAFrameThatDoesNotEnd() {
        assertMalformed(
                "01 0001 00000004 003c0050 00",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 1, all octets = <<0,60,0,80>>: {invalid_frame_end_marker,0}");
        assertMalformed(
                "03 0001 00000011 3f7b22436f7272656c6174696f6e223a22 79",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 3, first 16 octets = <<\"?{\\\"Correlation\\\":\">>: {invalid_frame_end_marker,121}");
    }

    @Test
    void refusesFramesNobodyKnows() {
        assertMalformed(
                "04 0001 00000001 61 ce",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 4, all octets = <<\"a\">>: unknown_frame");
        assertMalformed(
                "01 0001 00000003 003c00 ce",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 1, all octets = <<0,60,0>>: unknown_frame");
        assertMalformed(
                "02 0001 0000000b 003c000000000000000000 ce",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 2, all octets = <<0,60,0,0,0,0,0,0,0,0,0>>: unknown_frame");
        assertMalformed(
                "08 0000 00000001 00 ce",
                ReplyCode.FRAME_ERROR,
                "FRAME_ERROR - type 8, all octets = <<0>>: unknown_frame");
    }

    @Test
    void refusesFramesOnTheWrongChannel() {
        assertMalformed(
                "08 0001 00000000 ce", ReplyCode.UNEXPECTED_FRAME, "UNEXPECTED_FRAME - type 8, all octets = <<>>");
        assertMalformed(
                "03 0000 00000001 61 ce",
                ReplyCode.UNEXPECTED_FRAME,
                "UNEXPECTED_FRAME - type 3, all octets = <<\"a\">>");
        assertMalformed(
                "02 0000 0000000c 003c00000000000000000000 ce",
                ReplyCode.UNEXPECTED_FRAME,
                "UNEXPECTED_FRAME - type 2, all octets = <<0,60,0,0,0,0,0,0,0,0,0,0>>");
    }

    @Test
    void knowsProtocolHeaders() {
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 00000901"))).isEqualTo(ProtocolHeader.AMQP_0_9_1);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 01010009"))).isEqualTo(ProtocolHeader.AMQP_0_9);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 01010901"))).isEqualTo(ProtocolHeader.AMQP_0_9);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 00000900"))).isEqualTo(ProtocolHeader.AMQP_OTHER);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 01010800"))).isEqualTo(ProtocolHeader.AMQP_OTHER);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 00010000"))).isEqualTo(ProtocolHeader.AMQP_1_0);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 02010000"))).isEqualTo(ProtocolHeader.AMQP_1_0_TLS);
        assertThat(ProtocolHeader.read(Bytes.hex("414d5150 03010000"))).isEqualTo(ProtocolHeader.AMQP_1_0_SASL);
        assertThat(ProtocolHeader.read(Bytes.hex("16030100 fa0100 00"))).isEqualTo(ProtocolHeader.TLS);
        assertThat(ProtocolHeader.read(Bytes.hex("47455420 2f204854"))).isEqualTo(ProtocolHeader.HTTP);
        assertThat(ProtocolHeader.read(Bytes.hex("00000000 00000000"))).isEqualTo(ProtocolHeader.OTHER);
        assertThat(ProtocolHeader.AMQP_0_9.isServed()).isTrue();
        assertThat(ProtocolHeader.AMQP_1_0.isServed()).isFalse();

        ByteBuf ours = Unpooled.buffer();
        ProtocolHeader.writeTo(ours);
        assertThat(ours).isEqualTo(Bytes.hex("414d5150 00000901"));
    }

    private static FrameRead read(ByteBuf in) {
        return FrameReader.read(in, FRAME_MAX);
    }

    private static void assertMalformed(String bytes, ReplyCode code, String text) {
        FrameRead read = read(Bytes.hex(bytes));

        assertThat(read).isInstanceOf(FrameRead.Malformed.class);
        AmqpError error = ((FrameRead.Malformed) read).error();
        assertThat(error.code()).isEqualTo(code);
        assertThat(error.text()).isEqualTo(text);
    }
}
