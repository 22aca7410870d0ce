package io.millrace.cluster.controller;

import static io.millrace.cluster.controller.TestImage.outcome;
import static io.millrace.cluster.controller.TestImage.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.SeededRandomness;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CreateTopicsTest {
    private static final MetadataImage ONE_NODE = TestImage.ofNodes(1);

    @Test
    void createsWithDefaults() {
        MetadataImage image = TestImage.ofNodes(1, Map.of("num.partitions", "4"));

        TopicView created =
                TestImage.with(image, topic("orders", -1, -1)).topic("orders").orElseThrow();

        assertThat(created.partitions()).hasSize(4);
        assertThat(created.internal()).isFalse();
    }

    @Test
    void marksKafkasInternalTopicsAndTheBrokersOwn() {
        MetadataImage image = TestImage.with(ONE_NODE, topic("__consumer_offsets"));
        assertThat(image.topic("__consumer_offsets").orElseThrow().internal()).isTrue();
    }

    @Test
    void refusesNames() {
        assertInvalid("", "Topic name is invalid: the empty string is not allowed");
        assertInvalid(".", "Topic name is invalid: '.' is not allowed");
        assertInvalid("..", "Topic name is invalid: '..' is not allowed");
        assertInvalid(
                "a b",
                "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics,"
                        + " '.', '_' and '-'");
        String longName = "x".repeat(250);
        assertInvalid(
                longName,
                "Topic name is invalid: the length of '" + longName + "' is longer than the max allowed length 249");
        assertThat(outcome(ONE_NODE, topic("x".repeat(249)))).isEqualTo(Outcome.OK);
    }

    private static void assertInvalid(String name, String message) {
        assertThat(outcome(ONE_NODE, topic(name))).isEqualTo(Outcome.refused(ErrorKind.INVALID_TOPIC, message));
    }

    @Test
    void refusesATopicThatExistsOrCollides() {
        MetadataImage image = TestImage.with(ONE_NODE, topic("a_b"));

        assertThat(outcome(image, topic("a_b")))
                .isEqualTo(Outcome.refused(ErrorKind.TOPIC_ALREADY_EXISTS, "Topic 'a_b' already exists."));
        assertThat(outcome(image, topic("a.b")))
                .isEqualTo(Outcome.refused(ErrorKind.INVALID_TOPIC, "Topic 'a.b' collides with existing topic: a_b"));
    }

    @Test
    void refusesANameTwiceInOneRequest() {
        Decision<List<NewTopicReply>> decision = TestImage.create(ONE_NODE, topic("a"), topic("b"), topic("a"));

        assertThat(decision.reply())
                .extracting(reply -> reply.outcome().error())
                .containsExactly(ErrorKind.INVALID_REQUEST, ErrorKind.NONE, ErrorKind.INVALID_REQUEST);
        assertThat(decision.reply().getFirst().outcome().message()).isEqualTo("Duplicate topic name.");
    }

    @Test
    void refusesNumbers() {
        assertThat(outcome(ONE_NODE, topic("a", 0, 1)))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_PARTITIONS,
                        "Number of partitions was set to an invalid non-positive value."));
        assertThat(outcome(ONE_NODE, topic("a", 1, 0)))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_REPLICATION_FACTOR,
                        "Replication factor must be larger than 0, or -1 to use the default value."));
        assertThat(outcome(ONE_NODE, topic("a", 1, 3)))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_REPLICATION_FACTOR,
                        "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be"
                                + " reached because only 1 broker(s) are registered or some brokers have all their log"
                                + " directories cordoned."));
        assertThat(outcome(ONE_NODE, topic("a", 200_000, 1)))
                .isEqualTo(Outcome.refused(
                        ErrorKind.POLICY_VIOLATION, "Excessively large number of partitions per request."));
    }

    @Test
    void refusesWhenAllNodesAreFenced() {
        MetadataImage fenced = ONE_NODE.with(List.of(new MetadataRecord.NodeFenced(1)));

        assertThat(outcome(fenced, topic("a")).message())
                .isEqualTo("Unable to replicate the partition 1 time(s): All brokers are currently fenced or in"
                        + " controlled shutdown.");
    }

    @Test
    void refusesSettings() {
        assertConfig("foo", "x", "Unknown topic config name: foo");
        assertConfig("retention.ms", "x", "Invalid value x for configuration retention.ms: Not a number of type LONG");
        assertConfig(
                "retention.ms", "-2", "Invalid value -2 for configuration retention.ms: Value must be at least -1");
        assertConfig("retention.ms", null, "Null value not supported for topic configs: retention.ms");
        assertConfig(
                "millrace.durability",
                "never",
                "Invalid value never for configuration millrace.durability: String must be one of: fsync, page-cache");
        assertConfig(
                "millrace.replica.lag.time.max.ms",
                "0",
                "Invalid value 0 for configuration millrace.replica.lag.time.max.ms: Value must be between 50 and"
                        + " 9223372036854775807 or equal to -1");
    }

    private static void assertConfig(String name, @Nullable String value, String message) {
        Map<String, @Nullable String> configs = new HashMap<>();
        configs.put(name, value);
        assertThat(outcome(ONE_NODE, new NewTopic("a", 1, 1, Map.of(), configs)))
                .isEqualTo(Outcome.refused(ErrorKind.INVALID_CONFIG, message));
    }

    @Test
    void takesAnAssignmentGivenByHand() {
        MetadataImage image = TestImage.ofNodes(3);

        TopicView topic = TestImage.with(image, assigned(Map.of(0, List.of(2, 3), 1, List.of(3, 1))))
                .topic("a")
                .orElseThrow();

        assertThat(topic.partitions())
                .extracting(PartitionView::replicas)
                .containsExactly(List.of(2, 3), List.of(3, 1));
        assertThat(topic.partitions()).extracting(PartitionView::leader).containsExactly(2, 3);
    }

    private static NewTopic assigned(Map<Integer, List<Integer>> assignment) {
        return new NewTopic("a", -1, -1, assignment, Map.of());
    }

    @Test
    void refusesAssignments() {
        MetadataImage image = TestImage.ofNodes(2);
        String prefix = "The manual partition assignment includes ";

        assertThat(outcome(image, assigned(Map.of(0, List.of()))).message())
                .isEqualTo(prefix + "an empty replica list.");
        assertThat(outcome(image, assigned(Map.of(0, List.of(9)))).message())
                .isEqualTo(prefix + "broker 9, but no such broker is registered.");
        assertThat(outcome(image, assigned(Map.of(0, List.of(1, 1)))).message())
                .isEqualTo(prefix + "the broker 1 more than once.");
        assertThat(outcome(image, assigned(Map.of(0, List.of(1), 1, List.of(1, 2))))
                        .message())
                .isEqualTo(prefix + "a partition with 2 replica(s), but this is not consistent with previous"
                        + " partitions, which have 1 replica(s).");
        assertThat(outcome(image, assigned(Map.of(0, List.of(1), 2, List.of(1))))
                        .message())
                .isEqualTo("partitions should be a consecutive 0-based integer sequence");
        assertThat(outcome(image, new NewTopic("a", 1, -1, Map.of(0, List.of(1)), Map.of())))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_REQUEST,
                        "A manual partition assignment was specified, but numPartitions was not set to -1."));
    }

    @Test
    void spreadsReplicasOverNodesAndRacks() {
        MetadataImage image = TestImage.ofNodes(3);

        List<PartitionView> partitions = TestImage.with(image, topic("a", 30, 2))
                .topic("a")
                .orElseThrow()
                .partitions();

        Map<Integer, Long> leaders =
                partitions.stream().collect(Collectors.groupingBy(PartitionView::leader, Collectors.counting()));
        assertThat(leaders)
                .containsOnlyKeys(1, 2, 3)
                .allSatisfy((node, count) -> assertThat(count).isEqualTo(10));
        assertThat(partitions)
                .allSatisfy(partition ->
                        assertThat(new HashSet<>(partition.replicas())).hasSize(2));
    }

    @Test
    void onlyLooksWhenAskedToValidate() {
        Decision<List<NewTopicReply>> decision =
                new CreateTopics(List.of(topic("a")), true).decide(ONE_NODE, new SeededRandomness(1));

        assertThat(decision.records()).isEmpty();
        assertThat(decision.after()).isSameAs(ONE_NODE);
        assertThat(decision.reply().getFirst().topic()).isNotNull();
    }
}
