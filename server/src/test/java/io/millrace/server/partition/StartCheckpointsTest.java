package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StartCheckpointsTest {
    private final HostFixture node = new HostFixture();

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    private List<TopicPartition> topics(int count) throws Exception {
        List<TopicPartition> topics = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TopicPartition id = node.lead("topic-" + i, Durability.FSYNC);
            node.append(id, Acks.ALL, "gone");
            node.append(id, Acks.ALL, "stays");
            topics.add(id);
        }
        return topics;
    }

    private List<CompletableFuture<OffsetReply>> deleteFirstOf(List<TopicPartition> topics) throws Exception {
        List<CompletableFuture<OffsetReply>> replies = new ArrayList<>();
        NodePartitions sessions = node.sessions();
        node.run(() -> topics.forEach(id -> {
            CompletableFuture<OffsetReply> reply = new CompletableFuture<>();
            replies.add(reply);
            sessions.deleteRecords(id, 1, 10_000, reply::complete);
        }));
        node.run(() -> {}); // the turn has ended
        return replies;
    }

    private static void assertDone(List<CompletableFuture<OffsetReply>> replies) throws Exception {
        for (CompletableFuture<OffsetReply> reply : replies) {
            OffsetReply answer = reply.get(10, TimeUnit.SECONDS);
            assertThat(answer.error()).isEqualTo(ErrorKind.NONE);
            assertThat(answer.offset()).isEqualTo(1);
        }
    }

    @Test
    void aRequestForManyPartitionsWaitsForOneWrite() throws Exception {
        List<TopicPartition> topics = topics(20);
        CompletableFuture<Void> gate = node.occupyReaders();
        List<CompletableFuture<OffsetReply>> replies = deleteFirstOf(topics);
        assertThat(replies).noneMatch(CompletableFuture::isDone);
        assertThat(node.queuedReads()).isEqualTo(1);
        gate.complete(null);
        assertDone(replies);
    }

    @Test
    void whatComesWhileAWriteIsOutGoesWithTheNext() throws Exception {
        List<TopicPartition> topics = topics(3);
        CompletableFuture<Void> gate = node.occupyReaders();
        List<CompletableFuture<OffsetReply>> first = deleteFirstOf(topics.subList(0, 1));
        List<CompletableFuture<OffsetReply>> behind = deleteFirstOf(topics.subList(1, 3));
        assertThat(node.queuedReads()).isEqualTo(1);
        gate.complete(null);
        assertDone(first);
        assertDone(behind);
        assertDone(deleteFirstOf(topics)); // and nothing is left behind
    }
}
