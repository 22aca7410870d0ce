package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A fetch is answered whatever happens to the read.
final class FetchOperationTest {
    private static final int BATCHES = 6;
    private final HostFixture node = new HostFixture();
    private TopicPartition orders = new TopicPartition("orders", 0);

    @BeforeEach
    void write() throws Exception {
        orders = node.lead("orders", Durability.FSYNC);
        for (int i = 0; i < BATCHES; i++) {
            node.append(orders, Acks.ALL, "x".repeat(900));
        }
        node.run(node::restart);
        node.lead("orders", Durability.FSYNC);
    }

    @AfterEach
    void stop() throws InterruptedException {
        node.stop();
    }

    private FetchReply.Part fetch(long offset) throws Exception {
        FetchQuery.Ask ask = new FetchQuery.Ask(orders, offset, 1 << 20, -1, -1);
        FetchQuery query = new FetchQuery(FetchQuery.Asker.CONSUMER, 1, 1 << 20, 60_000, false, List.of(ask));
        CompletableFuture<FetchReply> reply = new CompletableFuture<>();
        node.loop.post(() -> node.sessions().fetch(query, reply::complete));
        return reply.get(10, TimeUnit.SECONDS).parts().getFirst();
    }

    @Test
    void aColdReadThatThrowsIsAnswered() throws Exception {
        node.memory.setCached(false);
        node.faulty.fault("open", ".log");
        assertThat(fetch(0).error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        node.faulty.heal();
        FetchReply.Part healed = fetch(0);
        assertThat(healed.error()).isEqualTo(ErrorKind.NONE);
        assertThat(healed.slice()).isNotNull();
    }

    @Test
    void aReadThatThrowsOnTheLoopIsAnswered() throws Exception {
        node.faulty.fault("open", "");
        for (int offset = 0; offset < BATCHES; offset++) {
            assertThat(fetch(offset).error()).isEqualTo(ErrorKind.STORAGE_ERROR);
        }
        node.faulty.heal();
        assertThat(fetch(BATCHES - 1).error()).isEqualTo(ErrorKind.NONE);
    }
}
