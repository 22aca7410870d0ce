package io.millrace.benchmarks.vskafka.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicSetTest {
    private static final Set<String> TOPICS = Set.of("consume-1k-00000", "raw-00001");

    @Test
    void foldersOfItsTopicsAreKnownAlsoWhileTheyAreDeleted() {
        assertThat(TopicSet.isOf(TOPICS, "consume-1k-00000-5")).isTrue();
        assertThat(TopicSet.isOf(TOPICS, "raw-00001-0.0123456789abcdef-delete")).isTrue();
    }

    @Test
    void foldersThatComeMeanwhileAreNotWaitedFor() {
        assertThat(TopicSet.isOf(TOPICS, "__consumer_offsets-49")).isFalse();
        assertThat(TopicSet.isOf(TOPICS, "raw-00002-0")).isFalse();
        assertThat(TopicSet.isOf(TOPICS, "data")).isFalse();
    }
}
