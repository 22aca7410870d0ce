package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SpareBuffersTest {
    private static final int BYTES = 64 << 10;

    private final SpareBuffers spares = new SpareBuffers();

    @Test
    void aBufferGivenBackIsTheNextOneOfItsSize() {
        ByteBuf used = Unpooled.directBuffer(BYTES, BYTES);
        used.writeLong(1).readInt();

        spares.giveBack(used);

        assertThat(spares.take(BYTES * 2)).isNull();
        assertThat(spares.take(BYTES)).isSameAs(used);
        assertThat(used.refCnt()).isEqualTo(1);
        assertThat(used.readerIndex()).isZero();
        assertThat(used.writableBytes()).isEqualTo(BYTES);
        assertThat(spares.take(BYTES)).as("taken before").isNull();
        used.release();
    }

    @Test
    void onlySizesThatAreAskedForAreKept() {
        for (int bytes : new int[] {1 << 10, BYTES + 1, SpareBuffers.BYTES_MAX * 2}) {
            ByteBuf other = Unpooled.directBuffer(bytes, bytes);

            spares.giveBack(other);

            assertThat(spares.take(bytes)).isNull();
            assertThat(other.refCnt()).isZero();
        }
    }

    @Test
    void oneThatSomebodyElseHoldsIsNotGivenToAnother() {
        ByteBuf held = Unpooled.directBuffer(BYTES, BYTES).retain();

        spares.giveBack(held);

        assertThat(spares.take(BYTES)).isNull();
        assertThat(held.refCnt()).isEqualTo(1);
        held.release();
    }

    @Test
    void noMoreIsKeptThanTheLimit() {
        int most = SpareBuffers.KEPT_BYTES_MAX / BYTES;
        for (int i = 0; i < most; i++) {
            spares.giveBack(Unpooled.directBuffer(BYTES, BYTES));
        }
        ByteBuf tooMuch = Unpooled.directBuffer(BYTES, BYTES);

        spares.giveBack(tooMuch);

        assertThat(tooMuch.refCnt()).isZero();
        List<ByteBuf> taken = Stream.generate(() -> spares.take(BYTES))
                .takeWhile(Objects::nonNull)
                .toList();
        assertThat(taken).hasSize(most);
        taken.forEach(ByteBuf::release);
        spares.giveBack(Unpooled.directBuffer(BYTES, BYTES));
        assertThat(spares.take(BYTES)).as("there is room again").isNotNull().satisfies(ByteBuf::release);
    }

    @Test
    void nothingIsKeptAfterTheEnd() {
        ByteBuf before = Unpooled.directBuffer(BYTES, BYTES);
        ByteBuf after = Unpooled.directBuffer(BYTES, BYTES);
        spares.giveBack(before);

        spares.close();
        spares.giveBack(after);

        assertThat(spares.take(BYTES)).isNull();
        assertThat(before.refCnt()).isZero();
        assertThat(after.refCnt()).isZero();
    }
}
