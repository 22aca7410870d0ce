package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
    void isLargeEnoughForASnapshotInTheThreadThatWritesIt() throws InterruptedException {
        List<Integer> capacities = new CopyOnWriteArrayList<>();
        Runnable allocation = () -> capacities.add(
                buffers.tryAllocate(KafkaRaftClient.MAX_BATCH_SIZE_BYTES).capacity());
        Thread other = new Thread(allocation);

        buffers.forSnapshot(1_000_000, () -> {
            allocation.run();
            other.start();
        });
        other.join();
        buffers.forSnapshot(Long.MAX_VALUE, allocation);
        allocation.run();

        assertThat(capacities)
                .containsExactlyInAnyOrder(
                        1_000_000, RaftBuffers.BYTES, KafkaRaftClient.MAX_BATCH_SIZE_BYTES, RaftBuffers.BYTES);
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
