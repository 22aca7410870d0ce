package io.millrace.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A page is quick whatever the number of queues. The times are printed; a slow machine fails nothing.
class ManyQueuesTest {
    private static final int QUEUES = 100_000;
    private static final int ROUNDS = 3;

    @Test
    void aPageOfAHundredThousandQueues() {
        ApiFixture api = new ApiFixture();
        for (int i = 0; i < QUEUES; i++) {
            QueueRef ref = new QueueRef(new VhostName("/"), new QueueName("queue-%06d".formatted(i)));
            QueueSpec spec = new QueueSpec(ref, QueueType.CLASSIC, false, false, false, Arguments.NONE);
            api.node.change(new TopologyChange.DeclareQueue(spec, 1, Optional.empty()));
        }
        for (String query : List.of(
                "page=1",
                "page=1000&page_size=100",
                "page=1&page_size=500&sort=messages&sort_reverse=true",
                "page=1&sort=name&sort_reverse=true",
                "page=3&sort=messages_ready,name&name=42",
                "page=1&sort=arguments.x-max-length",
                "page=1&name=999&use_regex=true")) {
            JsonNode page = api.get("/queues?" + query).json();
            long tookMs = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                long fromNs = System.nanoTime();
                page = api.get("/queues?" + query).json();
                tookMs = Math.min(tookMs, (System.nanoTime() - fromNs) / 1_000_000);
            }
            System.out.println(QUEUES + " queues, " + query + ": " + tookMs + " ms");
            assertThat(page.path("total_count").asInt()).isEqualTo(QUEUES);
            assertThat(page.path("items")).isNotEmpty();
        }
    }
}
