package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.kafka.raft.KafkaRaftClient;
import org.junit.jupiter.api.Test;

final class RaftBuffersTest {
    private final RaftBuffers buffers = new RaftBuffers();

    @Test
    void isSmallHoweverMuchTheEngineAsksFor() {
        assertThat(buffers.tryAllocate(KafkaRaftClient.MAX_BATCH_SIZE_BYTES).capacity())
                .isEqualTo(RaftBuffers.BYTES);
    }

    @Test
    void keepsOneAndNoneThatGrew() {
        ByteBuffer first = buffers.tryAllocate(1);
        ByteBuffer second = buffers.tryAllocate(1);
        assertThat(second).isNotSameAs(first);
        first.putInt(1);

        buffers.release(first);
        buffers.release(ByteBuffer.allocate(RaftBuffers.BYTES + 1));

        assertThat(buffers.tryAllocate(1))
                .isSameAs(first)
                .extracting(ByteBuffer::position)
                .isEqualTo(0);
        assertThat(buffers.tryAllocate(1)).isNotSameAs(first);
    }
}
