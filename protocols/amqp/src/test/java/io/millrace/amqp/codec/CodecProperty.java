package io.millrace.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.PropertiesSamples;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/// A channel's bytes, from anyone: what is right is read whichever way it was cut, and what is wrong is an answer.
class CodecProperty {
    private static final int BODY_BYTES_MAX = 10_000;

    @Property
    void whatWasWrittenIsReadWhereverItIsCut(SeededRandomness random) {
        ByteBuf bytes = conversation(random, 3);
        List<Object> whole = readInParts(bytes, bytes.readableBytes());

        for (int split = 1; split < bytes.readableBytes(); split++) {
            assertThat(readInParts(bytes, split)).isEqualTo(whole);
        }
        assertThat(readInParts(bytes, 1)).as("byte by byte").isEqualTo(whole);
        assertThat(whole).noneMatch(each -> each instanceof FrameRead.Malformed || each instanceof Assembled.Failed);
    }

    @Property
    void methodsAndMessagesComeOutAsTheyWentIn(SeededRandomness random) {
        List<Object> sent = new ArrayList<>();
        ByteBuf bytes = Bytes.of(writer -> {
            for (int i = 0; i < 10; i++) {
                sent.add(write(writer, random));
            }
        });

        List<Object> received = new ArrayList<>(readInParts(bytes, bytes.readableBytes()));
        received.removeIf(each -> each instanceof Assembled.Incomplete);

        assertThat(received).isEqualTo(sent);
    }

    @Property(tries = 2_000)
    void noBytesThrowAndNothingIsReadBeyondThem(SeededRandomness random) {
        ByteBuf bytes = broken(conversation(random, 2), random);
        byte[] zeros = new byte[64];
        byte[] noise = random.bytes(64);

        List<Object> before = readInParts(followedBy(bytes, zeros), bytes.readableBytes());
        List<Object> after = readInParts(followedBy(bytes, noise), bytes.readableBytes());

        assertThat(after).isEqualTo(before);
        assertThat(before.toString()).isNotNull();
    }

    @Property(tries = 2_000)
    void noPayloadThrows(SeededRandomness random) {
        ByteBuf payload = Unpooled.buffer();
        payload.writeShort(random.pick(List.of(10, 20, 30, 40, 50, 60, 85, 90)))
                .writeShort(random.pick(List.of(10, 11, 20, 21, 30, 31, 40, 50, 60, 70, 71, 80, 120)));
        payload.writeBytes(random.bytes(random.nextInt(60)));

        payload = Unpooled.copiedBuffer(payload); // with nothing behind it
        Assembled assembled = assembler().onFrame(new Frame.Method(1, payload));

        assertThat(assembled).isNotInstanceOf(Assembled.Message.class);
        assertThat(payload.readerIndex()).isZero();
        if (assembled instanceof Assembled.Command(AmqpMethod method)) {
            assertThat(again(method)).isEqualTo(method);
        }
    }

    private static ContentAssembler assembler() {
        return new ContentAssembler(new MethodDecoder(), BODY_BYTES_MAX);
    }

    private static AmqpMethod again(AmqpMethod method) {
        Frame frame =
                (Frame) FrameReader.read(Bytes.of(writer -> writer.method(1, method)), FrameReader.FRAME_MAX_DEFAULT);
        return ((Assembled.Command) assembler().onFrame(frame)).method();
    }

    /// The bytes in two parts, or one by one: the rest arrives only when the first part has been read as far as it
    /// goes.
    private static List<Object> readInParts(ByteBuf bytes, int first) {
        List<Object> found = new ArrayList<>();
        ContentAssembler assembler = assembler();
        var allocator = new UnpooledByteBufAllocator(false, true);
        ByteBuf in = allocator.heapBuffer(bytes.capacity());
        in.setBytes(0, bytes, 0, bytes.capacity());
        int end = bytes.writerIndex();
        int step = first == 1 ? 1 : end;
        for (int limit = in.readerIndex() + first; ; limit = Math.min(end, limit + step)) {
            in.writerIndex(Math.min(limit, end));
            if (!readAll(in, assembler, found) || limit >= end) {
                break;
            }
        }
        assembler.close();
        in.release();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .as("nothing leaks")
                .isZero();
        return found;
    }

    private static boolean readAll(ByteBuf in, ContentAssembler assembler, List<Object> found) {
        while (true) {
            int before = in.readerIndex();
            switch (FrameReader.read(in, FrameReader.FRAME_MAX_LOWEST)) {
                case FrameRead.Incomplete _ -> {
                    assertThat(in.readerIndex()).isEqualTo(before);
                    return true;
                }
                case FrameRead.Malformed malformed -> {
                    found.add(malformed);
                    return false;
                }
                case Frame.Heartbeat heartbeat -> found.add(heartbeat);
                case Frame frame -> {
                    Assembled assembled = assembler.onFrame(frame);
                    found.add(unshared(assembled));
                    if (assembled instanceof Assembled.Failed) {
                        return false;
                    }
                }
            }
        }
    }

    private static Assembled unshared(Assembled assembled) {
        if (assembled instanceof Assembled.Message(AmqpMethod method, BasicProperties properties, ByteBuf body)) {
            byte[] copy = ByteBufUtil.getBytes(body);
            body.release();
            return new Assembled.Message(method, properties, Unpooled.wrappedBuffer(copy));
        }
        return assembled;
    }

    private static ByteBuf conversation(SeededRandomness random, int count) {
        return Bytes.of(writer -> {
            for (int i = 0; i < count; i++) {
                write(writer, random);
            }
        });
    }

    private static Object write(FrameWriter writer, SeededRandomness random) {
        AmqpMethod method = random.onceIn(3)
                ? new BasicMethods.Publish("x", "key", random.nextBoolean(), false)
                : Methods.any(random);
        if (random.onceIn(10)) {
            writer.heartbeat();
            return new Frame.Heartbeat();
        }
        if (!method.hasContent()) {
            writer.method(1, method);
            return new Assembled.Command(method);
        }
        byte[] body = random.bytes(random.nextInt(100));
        BasicProperties properties = PropertiesSamples.any(random);
        writer.content(1, method, properties, Unpooled.wrappedBuffer(body));
        return new Assembled.Message(method, properties, Unpooled.wrappedBuffer(body));
    }

    private static ByteBuf broken(ByteBuf bytes, SeededRandomness random) {
        for (int i = random.nextInt(4); i > 0; i--) {
            bytes.setByte(random.nextInt(bytes.readableBytes()), (int) random.nextLong());
        }
        return bytes.writerIndex(bytes.writerIndex() - random.nextInt(bytes.readableBytes()) / 4);
    }

    private static ByteBuf followedBy(ByteBuf bytes, byte[] others) {
        int size = bytes.readableBytes();
        return Unpooled.copiedBuffer(bytes, Unpooled.wrappedBuffer(others)).writerIndex(size);
    }
}
