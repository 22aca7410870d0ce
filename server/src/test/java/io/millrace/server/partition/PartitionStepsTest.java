package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PartitionStepsTest {
    private static final TopicPartition HERE = new TopicPartition("t", 0);

    private final PartitionSteps steps = new PartitionSteps();
    private final List<String> done = new ArrayList<>();

    @Test
    void theEndWaitsForWhatWasAddedAndBeginsNothing() throws Exception {
        CompletableFuture<Runnable> first = new CompletableFuture<>();
        steps.add(HERE, first::complete);
        steps.add(HERE, next -> {
            done.add("second");
            next.run();
        });
        assertThat(steps.end(1)).isFalse();

        steps.add(new TopicPartition("t", 1), _ -> done.add("too late"));
        Thread opening = Thread.ofVirtual().start(() -> first.join().run());

        assertThat(steps.end(60_000)).isTrue();
        opening.join();
        assertThat(done).containsExactly("second");
    }
}
