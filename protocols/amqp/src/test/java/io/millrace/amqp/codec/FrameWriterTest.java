package io.millrace.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
    private static final AmqpMethod DELIVER = new BasicMethods.Deliver("tag", 1, false, "x", "key");

    @Test
    void whatIsSmallGathersInOneBuffer() {
        List<ByteBuf> pieces = Bytes.pieces(FrameReader.FRAME_MAX_DEFAULT, writer -> {
            writer.method(1, new BasicMethods.Ack(5, true));
            writer.heartbeat();
            writer.content(1, DELIVER, BasicProperties.EMPTY, body(100));
        });

        assertThat(pieces).hasSize(1);
        assertThat(pieces.getFirst().readSlice(21))
                .isEqualTo(Bytes.hex("01 0001 0000000d 003c0050 0000000000000005 01 ce"));
        assertThat(pieces.getFirst().readSlice(8)).isEqualTo(Bytes.hex("08 0000 00000000 ce"));
    }

    @Test
    void aLargeBodyIsNotCopied() {
        ByteBuf body = body(100_000);

        List<ByteBuf> pieces = Bytes.pieces(
                FrameReader.FRAME_MAX_DEFAULT, writer -> writer.content(1, DELIVER, BasicProperties.EMPTY, body));

        assertThat(pieces).hasSize(3);
        assertThat(pieces.get(1)).isEqualTo(body);
        body.setByte(5, 77);
        assertThat(pieces.get(1).getByte(5)).as("the same memory").isEqualTo((byte) 77);
        assertThat(body.refCnt()).as("retained for the receiver").isEqualTo(2);
        assertThat(body.readerIndex()).isZero();
        assertThat(pieces.get(2)).isEqualTo(Bytes.hex("ce"));
    }

    @Test
    void noFrameIsLargerThanAgreed() {
        int largest = FrameReader.FRAME_MAX_LOWEST - Frame.EMPTY_BYTES;

        assertThat(bodySizes(0)).isEmpty();
        assertThat(bodySizes(largest)).containsExactly(largest);
        assertThat(bodySizes(largest + 1)).containsExactly(largest, 1);
        assertThat(bodySizes(3 * largest)).containsExactly(largest, largest, largest);
    }

    @Test
    void aStringThatDoesNotFitLeavesNothingBehind() {
        AmqpMethod broken = new ChannelMethods.Close(404, "x".repeat(256), 0, 0);

        List<ByteBuf> pieces = Bytes.pieces(FrameReader.FRAME_MAX_DEFAULT, writer -> {
            writer.heartbeat();
            assertThatThrownBy(() -> writer.method(1, broken)).isInstanceOf(IllegalArgumentException.class);
            writer.heartbeat();
        });

        assertThat(pieces).containsExactly(Bytes.hex("08 0000 00000000 ce 08 0000 00000000 ce"));
    }

    @Test
    void holdsNothingBetweenTurns() {
        var allocator = new UnpooledByteBufAllocator(false);
        List<ByteBuf> pieces = new ArrayList<>();
        var writer = new FrameWriter(allocator, pieces::add);

        for (int i = 0; i < 5_000; i++) {
            writer.content(1, DELIVER, BasicProperties.EMPTY, body(100));
        }
        assertThat(pieces).as("handed on when full").isNotEmpty();
        assertThat(pieces).allMatch(each -> each.readableBytes() <= 65_536);
        writer.flush();
        writer.flush();
        pieces.forEach(ByteBuf::release);
        assertThat(allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory())
                .isZero();

        writer.heartbeat();
        writer.close();
        writer.flush();
        assertThat(allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory())
                .isZero();
    }

    private static List<Integer> bodySizes(int size) {
        ByteBuf bytes = Unpooled.wrappedBuffer(Bytes.pieces(
                        FrameReader.FRAME_MAX_LOWEST,
                        writer -> writer.content(1, DELIVER, BasicProperties.EMPTY, body(size)))
                .toArray(ByteBuf[]::new));
        List<Integer> sizes = new ArrayList<>();
        while (bytes.isReadable()) {
            if (FrameReader.read(bytes, FrameReader.FRAME_MAX_LOWEST) instanceof Frame.Body(int _, ByteBuf payload)) {
                sizes.add(payload.readableBytes());
            }
        }
        return sizes;
    }

    private static ByteBuf body(int size) {
        return Unpooled.buffer(Math.max(size, 1)).writeZero(size);
    }
}
