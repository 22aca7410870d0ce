package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final int FRAME_BYTES_MAX = 2 * 1024 * 1024;

    private final SpareBuffers spares = new SpareBuffers();
    private final MemoryBudget budget = new MemoryBudget(64L << 20, spares);
    private final PooledByteBufAllocator pool = new PooledByteBufAllocator(true);

    @AfterEach
    void close() {
        spares.close();
    }

    @Property(tries = 60)
    void framesComeOutAsTheyWentInHoweverTheStreamIsCut(SeededRandomness random) throws FrameException {
        List<byte[]> sent = someFrames(random);
        byte[] stream = stream(sent);
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX, budget);
        List<byte[]> received = new ArrayList<>();
        List<FrameLease> held = new ArrayList<>();

        int at = 0;
        while (at < stream.length) {
            int wanted = Math.min(stream.length - at, 1 + random.nextInt(100_000));
            ByteBuf half = reader.receiver();
            ByteBuf target = half != null ? half.retain() : pool.directBuffer(1 + random.nextInt(20_000));
            int took = Math.min(wanted, half != null ? half.writableBytes() : target.capacity());
            target.writeBytes(stream, at, took);
            at += took;
            reader.onRead(target);
            for (FrameLease frame = reader.next(); frame != null; frame = reader.next()) {
                received.add(bytes(frame));
                held.add(frame); // frames are held while later bytes arrive in the same buffer
            }
        }

        assertThat(received).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(received.get(i)).isEqualTo(sent.get(i));
            assertThat(bytes(held.get(i))).isEqualTo(sent.get(i));
        }
        assertThat(budget.bytesHeld()).isNotNegative();
        held.forEach(FrameLease::release);
        reader.close();
        assertThat(budget.bytesHeld()).isZero();
        assertThat(budget.bytesUnfinished()).isZero();
    }

    private static byte[] bytes(FrameLease frame) {
        byte[] bytes = new byte[frame.frame().remaining()];
        frame.frame().duplicate().get(bytes);
        return bytes;
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
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX, budget);
        reader.onRead(pool.directBuffer().writeInt(FRAME_BYTES_MAX + 1));

        assertThatThrownBy(reader::next).isInstanceOf(FrameException.class).hasMessageContaining("at most 2097152");
        reader.close();
    }

    @Test
    void aNegativeLengthIsRefused() {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX, budget);
        reader.onRead(pool.directBuffer().writeInt(-1));

        assertThatThrownBy(reader::next).isInstanceOf(FrameException.class).hasMessageContaining("4294967295");
        reader.close();
    }

    @Test
    void aLargeAnnouncedFrameGetsMemoryOnlyAsItArrives() throws FrameException {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX, budget);
        reader.onRead(pool.directBuffer(64).writeInt(FRAME_BYTES_MAX).writeZero(60));

        for (int arrived = 64; arrived < FRAME_BYTES_MAX; ) {
            assertThat(reader.next()).isNull();
            ByteBuf receiver = reader.receiver();
            assertThat(receiver).isNotNull();
            assertThat(receiver.capacity()).isLessThanOrEqualTo(Math.max(4 * 1024, 2 * arrived));
            assertThat(budget.bytesUnfinished()).isEqualTo(receiver.capacity());
            int read = receiver.writableBytes();
            reader.onRead(receiver.retain().writeZero(read));
            arrived += read;
        }

        reader.close();
        assertThat(budget.bytesHeld()).isZero();
    }

    @Test
    void whoFinishedLargeFramesGetsTheNextBufferAtOnce() throws FrameException {
        FrameReader reader = new FrameReader(FRAME_BYTES_MAX, budget);
        int body = 64 * 1024;
        reader.onRead(pool.directBuffer(4 + body).writeInt(body).writeZero(body));
        FrameLease first = reader.next();
        assertThat(first).isNotNull();
        first.release();

        reader.onRead(pool.directBuffer(100).writeInt(body).writeZero(96));

        assertThat(reader.next()).isNull();
        ByteBuf receiver = reader.receiver();
        assertThat(receiver).isNotNull();
        assertThat(receiver.capacity()).isEqualTo(4 + body);
        reader.close();
    }

    @Test
    void thousandsOfHalfFramesStayWithinTheBudgetAndOneOfThemCanAlwaysFinish() throws FrameException {
        MemoryBudget small = new MemoryBudget(1 << 20, spares);
        List<FrameReader> half = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            FrameReader reader = new FrameReader(FRAME_BYTES_MAX, small);
            // what FrameReceiveBuffers would give
            int room = small.isTight() ? 64 : 4 * 1024;
            reader.onRead(pool.directBuffer(room, room).writeInt(100_000).writeByte(1));
            assertThat(reader.next()).isNull();
            half.add(reader);
        }

        assertThat(small.bytesHeld()).isLessThan(1 << 20);
        assertThat(small.isExhausted()).isFalse();

        FrameReader whole = new FrameReader(FRAME_BYTES_MAX, small);
        whole.onRead(pool.directBuffer(64, 64).writeInt(10).writeZero(10));
        FrameLease frame = whole.next();
        assertThat(frame).isNotNull();
        frame.release();

        FrameReader last = half.getLast();
        FrameLease finished = finish(last);
        assertThat(finished.frame().remaining()).isEqualTo(100_000);
        finished.release();
        assertThat(small.mayGrow(half.getFirst())).as("the favour is passed on").isTrue();
        half.forEach(FrameReader::close);
        whole.close();
        assertThat(small.bytesHeld()).isZero();
        assertThat(small.bytesUnfinished()).isZero();
    }

    private static FrameLease finish(FrameReader reader) throws FrameException {
        int left = 100_000 - 1;
        while (left > 0) {
            ByteBuf receiver = reader.receiver();
            assertThat(receiver).as("room for the rest").isNotNull();
            int read = Math.min(left, receiver.writableBytes());
            reader.onRead(receiver.retain().writeZero(read));
            left -= read;
            FrameLease frame = reader.next();
            if (frame != null) {
                return frame;
            }
        }
        throw new AssertionError("the frame did not come out");
    }

    @Test
    void whoMayNotGrowStarvesUntilThereIsRoom() throws FrameException {
        MemoryBudget small = new MemoryBudget(16 * 1024, spares);
        FrameReader favoured = new FrameReader(FRAME_BYTES_MAX, small);
        favoured.onRead(pool.directBuffer(8192, 8192).writeInt(50_000).writeZero(8188));
        assertThat(favoured.next()).isNull();
        FrameReader other = new FrameReader(FRAME_BYTES_MAX, small);
        other.onRead(pool.directBuffer(64, 64).writeInt(50_000).writeZero(60));

        assertThat(other.next()).isNull();
        assertThat(favoured.isStarved()).isFalse();
        assertThat(other.isStarved()).isTrue();

        favoured.close();
        assertThat(other.next()).isNull();
        assertThat(other.isStarved()).isFalse();
        other.close();
        assertThat(small.bytesHeld()).isZero();
    }
}
