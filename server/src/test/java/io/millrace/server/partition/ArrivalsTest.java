package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A batch that unpacks to much is looked at elsewhere: the loop goes on, the partition's order stays.
final class ArrivalsTest {
    private final HostFixture node = new HostFixture();

    @AfterEach
    void stop() throws InterruptedException {
        await().untilAtomic(node.leases, equalTo(0));
        node.stop();
    }

    /// Zeros, of which zstd makes next to nothing.
    private ByteBuffer zeros(int bytes) {
        SimpleRecord record = new SimpleRecord(node.clock.wallMs(), new byte[bytes]);
        return MemoryRecords.withRecords(Compression.zstd().build(), record).buffer();
    }

    private CompletableFuture<AppendReply> send(TopicPartition id, ByteBuffer batch) throws Exception {
        CompletableFuture<AppendReply> reply = new CompletableFuture<>();
        node.run(() -> node.appendHere(id, Acks.ALL, batch, reply::complete));
        return reply;
    }

    private static AppendReply answer(CompletableFuture<AppendReply> reply) throws Exception {
        return reply.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theLoopGoesOnAndThePartitionsOrderStays() throws Exception {
        TopicPartition packed = node.lead("packed", Durability.FSYNC);
        TopicPartition other = node.lead("other", Durability.FSYNC);
        CompletableFuture<Void> gate = node.occupyUnpackers();
        CompletableFuture<AppendReply> large = send(packed, zeros(Arrivals.UNPACKED_HERE_BYTES_MAX + 1));
        CompletableFuture<AppendReply> behind = send(packed, HostFixture.batch(node.clock.wallMs(), "behind"));
        CompletableFuture<AppendReply> largeToo = send(packed, zeros(3 << 20));

        assertThat(node.append(other, Acks.ALL, "served")).isEqualTo(ErrorKind.NONE);
        assertThat(large).isNotDone();
        assertThat(behind).isNotDone();

        gate.complete(null);
        assertThat(answer(large).result().firstOffset()).isZero();
        assertThat(answer(behind).result().firstOffset()).isEqualTo(1);
        assertThat(answer(largeToo).result().firstOffset()).isEqualTo(2);
        assertThat(node.append(packed, Acks.ALL, "at once")).isEqualTo(ErrorKind.NONE);
    }

    @Test
    void whatUnpacksToLittleIsAppendedInTheSameTurn() throws Exception {
        TopicPartition id = node.lead("packed", Durability.FSYNC);
        CompletableFuture<Void> gate = node.occupyUnpackers();
        assertThat(answer(send(id, zeros(Arrivals.UNPACKED_HERE_BYTES_MAX / 2))).error())
                .isEqualTo(ErrorKind.NONE);
        gate.complete(null);
    }

    @Test
    void whatIsUnpackedWaitsForNoColdRead() throws Exception {
        TopicPartition id = node.lead("packed", Durability.FSYNC);
        CompletableFuture<Void> gate = node.occupyReaders();
        assertThat(answer(send(id, zeros(3 << 20))).error()).isEqualTo(ErrorKind.NONE);
        gate.complete(null);
    }

    @Test
    void aBombIsRefusedAndTheNextBatchIsTaken() throws Exception {
        TopicPartition id = node.lead("packed", Durability.FSYNC);
        CompletableFuture<AppendReply> bomb = send(id, zeros(HostFixture.UNPACKED_BYTES_MAX + 1));
        CompletableFuture<AppendReply> next = send(id, HostFixture.batch(node.clock.wallMs(), "next"));
        assertThat(answer(bomb).error()).isEqualTo(ErrorKind.MESSAGE_TOO_LARGE);
        assertThat(answer(bomb).result().message()).contains("unpacks to more than " + HostFixture.UNPACKED_BYTES_MAX);
        assertThat(answer(next).result().firstOffset()).isZero();
    }

    /// An answer without a wait (acks=0) lets the connection's next request in, in the middle of the append.
    @Test
    void whoArrivesInsideAnAnswerQueuesBehind() throws Exception {
        TopicPartition id = node.lead("packed", Durability.FSYNC);
        CompletableFuture<AppendReply> inside = new CompletableFuture<>();
        CompletableFuture<AppendReply> first = new CompletableFuture<>();
        CompletableFuture<Void> gate = node.occupyUnpackers();
        node.run(() -> node.appendHere(id, Acks.NONE, zeros(2 << 20), reply -> {
            first.complete(reply);
            node.appendHere(id, Acks.ALL, zeros(3 << 20), inside::complete);
        }));
        CompletableFuture<AppendReply> other = send(id, HostFixture.batch(node.clock.wallMs(), "other"));
        gate.complete(null);

        assertThat(answer(first).error()).isEqualTo(ErrorKind.NONE);
        assertThat(answer(other).result().firstOffset()).isEqualTo(1);
        assertThat(answer(inside).result().firstOffset()).isEqualTo(2);
        assertThat(node.append(id, Acks.ALL, "after")).isEqualTo(ErrorKind.NONE);
        assertThat(node.get(() -> node.partition(id).log().endOffset())).isEqualTo(4);
    }

    @Test
    void whoArrivesInsideAnAnswerWithNobodyBehindIsLookedAtOnce() throws Exception {
        TopicPartition id = node.lead("packed", Durability.FSYNC);
        CompletableFuture<AppendReply> inside = new CompletableFuture<>();
        node.run(() -> node.appendHere(
                id, Acks.NONE, zeros(2 << 20), _ -> node.appendHere(id, Acks.ALL, zeros(3 << 20), inside::complete)));

        assertThat(answer(inside).result().firstOffset()).isEqualTo(1);
        CompletableFuture<AppendReply> next = send(id, zeros(3 << 20));
        assertThat(answer(next).result().firstOffset()).isEqualTo(2);
        assertThat(node.get(() -> node.partition(id).log().endOffset())).isEqualTo(3);
    }

    @Test
    void whoWaitsWhenThePartitionGoesIsAnswered() throws Exception {
        TopicPartition id = node.lead("packed", Durability.FSYNC);
        CompletableFuture<Void> gate = node.occupyUnpackers();
        CompletableFuture<AppendReply> large = send(id, zeros(2 << 20));
        CompletableFuture<AppendReply> behind = send(id, HostFixture.batch(node.clock.wallMs(), "behind"));
        node.run(() -> node.host.release(id, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, _ -> {}));
        gate.complete(null);
        assertThat(answer(large).error()).isEqualTo(ErrorKind.NOT_LEADER);
        assertThat(answer(behind).error()).isEqualTo(ErrorKind.NOT_LEADER);
    }
}
