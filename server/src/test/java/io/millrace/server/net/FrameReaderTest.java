package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int FRAME_BYTES_MAX = 2 * 1024 * 1024;

    private final PooledByteBufAllocator pool = new PooledByteBufAllocator(true);

    @Property(tries = 60)
    void framesComeOutAsTheyWentInHoweverTheStreamIsCut(SeededRandomness random) throws FrameException {
        List<byte[]> sent = someFrames(random);
        byte[] stream = stream(sent);
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX);
        List<byte[]> received = new ArrayList<>();
        List<ByteBuf> held = new ArrayList<>();

        int at = 0;
        while (at < stream.length) {
            int wanted = Math.min(stream.length - at, 1 + random.nextInt(100_000));
            ByteBuf half = reader.receiver();
            ByteBuf target = half != null ? half.retain() : pool.directBuffer(1 + random.nextInt(20_000));
            int took = Math.min(wanted, half != null ? half.writableBytes() : target.capacity());
            target.writeBytes(stream, at, took);
            at += took;
            reader.onRead(target);
            for (ByteBuf frame = reader.next(); frame != null; frame = reader.next()) {
                received.add(ByteBufUtil.getBytes(frame));
                held.add(frame); // frames are held while later bytes arrive in the same buffer
            }
        }

        assertThat(received).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(received.get(i)).isEqualTo(sent.get(i));
            assertThat(ByteBufUtil.getBytes(held.get(i))).isEqualTo(sent.get(i));
        }
        held.forEach(ByteBuf::release);
        reader.close();
        assertThat(pool.metric().usedDirectMemory()).isNotNegative();
        held.forEach(frame -> assertThat(frame.refCnt()).isZero());
    }

    private static List<byte[]> someFrames(SeededRandomness random) {
        List<byte[]> frames = new ArrayList<>();
        for (int count = 1 + random.nextInt(30); count > 0; count--) {
            byte[] frame = new byte[size(random)];
            random.nextBytes(frame);
            frames.add(frame);
        }
        return frames;
    }

    private static int size(SeededRandomness random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> random.nextInt(700_000);
            case 2 -> random.nextInt(100_000);
            default -> random.nextInt(300);
        };
    }

    private static byte[] stream(List<byte[]> frames) {
        int size = frames.stream().mapToInt(frame -> 4 + frame.length).sum();
        java.nio.ByteBuffer stream = java.nio.ByteBuffer.allocate(size);
        frames.forEach(frame -> stream.putInt(frame.length).put(frame));
        return stream.array();
    }

    @Test
    void aLengthBeyondTheLimitIsRefusedBeforeAnythingIsAllocated() {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX);
        reader.onRead(pool.directBuffer().writeInt(FRAME_BYTES_MAX + 1));

        assertThatThrownBy(reader::next).isInstanceOf(FrameException.class).hasMessageContaining("at most 2097152");
        reader.close();
    }

    @Test
    void aNegativeLengthIsRefused() {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX);
        reader.onRead(pool.directBuffer().writeInt(-1));

        assertThatThrownBy(reader::next).isInstanceOf(FrameException.class).hasMessageContaining("4294967295");
        reader.close();
    }

    @Test
    void aLargeAnnouncedFrameGetsMemoryOnlyAsItArrives() throws FrameException {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX);
        reader.onRead(pool.directBuffer(64).writeInt(FRAME_BYTES_MAX));

        assertThat(reader.next()).isNull();

        ByteBuf receiver = reader.receiver();
        assertThat(receiver).isNotNull();
        assertThat(receiver.capacity()).isLessThanOrEqualTo(256 * 1024);
        reader.close();
    }
}
