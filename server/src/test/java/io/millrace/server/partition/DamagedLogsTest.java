package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The only replica of a partition, and a bit that flips on its disk.
final class DamagedLogsTest {
    private static final int RECORDS = 60;
    private static final int WAIT_SECONDS = 10;
    private final HostFixture node = new HostFixture();

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    private FetchReply.Part fetch(TopicPartition id, long offset) throws Exception {
        FetchQuery.Ask ask = new FetchQuery.Ask(id, offset, 1 << 20, -1, -1);
        FetchQuery query = new FetchQuery(FetchQuery.Asker.CONSUMER, 1, 1 << 20, 0, false, List.of(ask));
        NodePartitions sessions = node.sessions();
        CompletableFuture<FetchReply> reply = new CompletableFuture<>();
        node.run(() -> sessions.fetch(query, reply::complete));
        return reply.get(WAIT_SECONDS, TimeUnit.SECONDS).parts().getFirst();
    }

    @Test
    void whatIsSoundIsServedAndNothingIsCut() throws Exception {
        TopicPartition id = node.lead("only", Durability.FSYNC);
        for (int i = 0; i < RECORDS; i++) {
            assertThat(node.append(id, Acks.ALL, "record " + i)).isEqualTo(ErrorKind.NONE);
        }
        flipInFirstSegment(id);

        FetchReply.Part sound = fetch(id, 0);
        assertThat(sound.error()).isEqualTo(ErrorKind.NONE);
        int batchBytes = HostFixture.batch(1, "record 0").remaining();
        assertThat(sound.slice()).isNotNull().satisfies(slice -> {
            assertThat(slice.length()).isEqualTo(3 * batchBytes);
            slice.release();
        });
        assertThat(node.get(node.host::damaged)).isZero();

        assertThat(fetch(id, 3).error()).isEqualTo(ErrorKind.CORRUPT_MESSAGE);

        assertThat(node.get(node.host::damaged)).isEqualTo(1);
        FetchReply.Part behind = fetch(id, 4);
        assertThat(behind.error()).isEqualTo(ErrorKind.NONE);
        assertThat(behind.slice()).isNotNull().satisfies(slice -> {
            assertThat(slice.length()).isPositive();
            slice.release();
        });
        node.clock.advanceMs(60_000);
        node.tick();
        assertThat(node.partition(id).log().endOffset()).isEqualTo(RECORDS);
        assertThat(node.append(id, Acks.ALL, "more")).isEqualTo(ErrorKind.NONE);
    }

    /// In the fourth batch.
    private void flipInFirstSegment(TopicPartition id) throws IOException {
        int batchBytes = HostFixture.batch(1, "record 0").remaining();
        node.memory.flipBit("/data/" + id + "/00000000000000000000.log", 4L * batchBytes - 1, 3);
    }
}
