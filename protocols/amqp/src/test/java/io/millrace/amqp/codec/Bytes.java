package io.millrace.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/// Bytes as tests write them down.
final class Bytes {
    private Bytes() {}

    /// What a writer hands on, in one buffer.
    static ByteBuf of(Consumer<FrameWriter> frames) {
        return Unpooled.wrappedBuffer(
                pieces(FrameReader.FRAME_MAX_DEFAULT, frames).toArray(ByteBuf[]::new));
    }

    /// What a writer hands on, piece by piece.
    static List<ByteBuf> pieces(int frameMax, Consumer<FrameWriter> frames) {
        List<ByteBuf> pieces = new ArrayList<>();
        var writer = new FrameWriter(new UnpooledByteBufAllocator(false, true), pieces::add);
        writer.frameMax(frameMax);
        frames.accept(writer);
        writer.flush();
        return pieces;
    }

    static ByteBuf hex(String text) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text.replaceAll("\\s", "")));
    }
}
