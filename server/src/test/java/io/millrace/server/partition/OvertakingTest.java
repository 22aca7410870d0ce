package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Several batches of an idempotent producer are on their way while their partition comes to this node: the first are
/// refused, and those behind them must not be taken in their place.
final class OvertakingTest {
    private final HostFixture node = new HostFixture();

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    private ErrorKind send(TopicPartition id, int sequence) throws Exception {
        Catalog nothing = MetadataImage.empty("cluster", HostFixture.NODE, Map.of());
        CompletableFuture<AppendReply> reply = new CompletableFuture<>();
        node.run(() -> node.sessions(node.loop, () -> nothing)
                .append(id, batch(sequence), Lease.NONE, AppendOrigin.CLIENT, Acks.ALL, 10_000, reply::complete));
        return reply.get(10, TimeUnit.SECONDS).error();
    }

    private ByteBuffer batch(int sequence) {
        SimpleRecord record = new SimpleRecord(node.clock.wallMs(), "v".getBytes(StandardCharsets.UTF_8));
        return MemoryRecords.withIdempotentRecords(Compression.NONE, 7, (short) 0, sequence, record)
                .buffer();
    }

    @Test
    void whatFollowsARefusedBatchWaitsForItToComeAgain() throws Exception {
        TopicPartition id = new TopicPartition("orders", 0);
        assertThat(send(id, 0)).isEqualTo(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);

        assertThat(node.lead("orders", Durability.FSYNC)).isEqualTo(id);
        assertThat(send(id, 1)).isEqualTo(ErrorKind.OUT_OF_ORDER_SEQUENCE);
        assertThat(send(id, 0)).isEqualTo(ErrorKind.NONE);
        assertThat(send(id, 1)).isEqualTo(ErrorKind.NONE);
        assertThat(send(id, 0)).as("a duplicate").isEqualTo(ErrorKind.NONE);
    }

    /// The refused batch found another leader, and this node has a copy when it leads again.
    @Test
    void aLogThatKnowsTheProducerDecidesByItself() throws Exception {
        TopicPartition id = node.lead("orders", Durability.FSYNC);
        assertThat(send(id, 0)).isEqualTo(ErrorKind.NONE);
        node.run(() -> node.host.refusedSequences().refused(id, batch(0)));

        assertThat(send(id, 1)).isEqualTo(ErrorKind.NONE);
    }
}
