package io.millrace.cluster.controller;

import static io.millrace.cluster.controller.TestImage.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.ConfigResource.Kind;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlterConfigsTest {
    private static final MetadataImage IMAGE = TestImage.with(TestImage.ofNodes(1), topic("a"));
    private static final ConfigResource A = new ConfigResource(Kind.TOPIC, "a");

    private static Decision<List<Outcome>> alter(
            MetadataImage image, ConfigResource resource, boolean replaceAll, ConfigChange... changes) {
        return new AlterConfigs(List.of(new ConfigChanges(resource, replaceAll, List.of(changes))), false)
                .decide(image, new SeededRandomness(1));
    }

    private static Outcome outcome(ConfigResource resource, ConfigChange... changes) {
        return alter(IMAGE, resource, false, changes).reply().getFirst();
    }

    private static ConfigChange set(String name, String value) {
        return new ConfigChange(name, Operation.SET, value);
    }

    private static ConfigChange change(String name, Operation operation, @Nullable String value) {
        return new ConfigChange(name, operation, value);
    }

    private static Map<String, String> overrides(MetadataImage image) {
        return image.topic("a").orElseThrow().overrides();
    }

    @Test
    void setsAndDeletesATopicsSettings() {
        MetadataImage set = alter(IMAGE, A, false, set("retention.ms", "5"), set("segment.ms", "9"))
                .after();
        assertThat(overrides(set)).isEqualTo(Map.of("retention.ms", "5", "segment.ms", "9"));
        assertThat(set.topic("a").orElseThrow().settings().log().retentionMs()).isEqualTo(5);

        MetadataImage deleted = alter(set, A, false, change("retention.ms", Operation.DELETE, null))
                .after();
        assertThat(overrides(deleted)).isEqualTo(Map.of("segment.ms", "9"));
    }

    @Test
    void replacesAllSettingsTheOldWay() {
        MetadataImage set = alter(IMAGE, A, false, set("retention.ms", "5")).after();

        MetadataImage replaced = alter(set, A, true, set("segment.ms", "9")).after();

        assertThat(overrides(replaced)).isEqualTo(Map.of("segment.ms", "9"));
    }

    @Test
    void appendsToAndSubtractsFromLists() {
        MetadataImage both = alter(IMAGE, A, false, change("cleanup.policy", Operation.APPEND, "compact"))
                .after();
        assertThat(overrides(both)).isEqualTo(Map.of("cleanup.policy", "delete,compact"));

        MetadataImage one = alter(both, A, false, change("cleanup.policy", Operation.SUBTRACT, "delete"))
                .after();
        assertThat(overrides(one)).isEqualTo(Map.of("cleanup.policy", "compact"));

        assertThat(outcome(A, change("retention.ms", Operation.APPEND, "5")))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_CONFIG, "Can't APPEND to key retention.ms because its type is not LIST."));
    }

    @Test
    void writesNothingWhenNothingChanges() {
        MetadataImage set = alter(IMAGE, A, false, set("retention.ms", "5")).after();

        assertThat(alter(set, A, false, set("retention.ms", "5")).records()).isEmpty();
    }

    @Test
    void refusesWhatATopicCannotHave() {
        assertThat(outcome(A, set("foo", "x")))
                .isEqualTo(Outcome.refused(ErrorKind.INVALID_CONFIG, "Unknown topic config name: foo"));
        assertThat(outcome(A, set("min.compaction.lag.ms", "100"), set("max.compaction.lag.ms", "50")))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_CONFIG,
                        "conflict topic config setting min.compaction.lag.ms (100) > max.compaction.lag.ms (50)"));
        assertThat(outcome(A, set("cleanup.policy", "compact,")).message())
                .isEqualTo("Configuration 'cleanup.policy' values must not be empty.");
        assertThat(outcome(A, set("compression.gzip.level", "0")).message())
                .isEqualTo("Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or"
                        + " equal to -1");
        assertThat(outcome(A, set("preallocate", "maybe")).message())
                .isEqualTo("Invalid value maybe for configuration preallocate: Expected value to be either true or"
                        + " false");
        assertThat(outcome(A, set("leader.replication.throttled.replicas", "x")).message())
                .isEqualTo("Invalid value [x] for configuration leader.replication.throttled.replicas:"
                        + " leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the"
                        + " following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...");
        assertThat(outcome(A, set("retention.ms", "9".repeat(40_000))).message())
                .isEqualTo("The configuration value cannot be added because it exceeds the maximum value size of 32767"
                        + " bytes.");
        assertThat(outcome(A, set("retention.ms", "1"), set("retention.ms", "2"))
                        .message())
                .isEqualTo("Error due to duplicate config keys");
        assertThat(outcome(A, change("retention.ms", Operation.SET, null)).message())
                .isEqualTo("Null value not supported for : retention.ms");
    }

    @Test
    void acceptsAnEmptyCleanupPolicy() {
        MetadataImage keeps = alter(IMAGE, A, false, set("cleanup.policy", "")).after();

        assertThat(keeps.topic("a").orElseThrow().settings().log().delete()).isFalse();
        assertThat(keeps.topic("a").orElseThrow().settings().log().compact()).isFalse();
    }

    @Test
    void refusesResourcesThatDoNotExist() {
        assertThat(outcome(new ConfigResource(Kind.TOPIC, "x"), set("retention.ms", "5")))
                .isEqualTo(Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "The topic 'x' does not exist."));
        assertThat(outcome(new ConfigResource(Kind.TOPIC, ""), set("retention.ms", "5"))
                        .message())
                .isEqualTo("Default topic resources are not allowed.");
        assertThat(outcome(new ConfigResource(Kind.NODE, "x"), set("a", "b")).message())
                .isEqualTo("Unable to parse broker name as a base 10 number.");
        assertThat(outcome(new ConfigResource(Kind.NODE, "-1"), set("a", "b")).message())
                .isEqualTo("Invalid negative broker ID.");
        assertThat(outcome(new ConfigResource(Kind.GROUP, ""), set("a", "b")).message())
                .isEqualTo("Default group resources are not allowed.");
    }

    @Test
    void changesANodesSettingsButNotFixedOnes() {
        ConfigResource node = new ConfigResource(Kind.NODE, "1");

        assertThat(outcome(node, set("log.retention.ms", "5"))).isEqualTo(Outcome.OK);
        assertThat(outcome(node, set("node.id", "5")))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_REQUEST, "Cannot update these configs dynamically: [node.id]"));
        assertThat(outcome(node, set("log.retention.ms", "x")).error()).isEqualTo(ErrorKind.INVALID_REQUEST);
    }

    @Test
    void keepsGroupAndClientMetricsSettings() {
        ConfigResource group = new ConfigResource(Kind.GROUP, "g");
        MetadataImage image = alter(IMAGE, group, false, set("consumer.session.timeout.ms", "46000"))
                .after();

        assertThat(image.configs(group)).isEqualTo(Map.of("consumer.session.timeout.ms", "46000"));
        assertThat(image.configResources(Kind.GROUP)).containsExactly(group);
        assertThat(outcome(group, set("foo", "1")).message()).isEqualTo("Unknown group config name: foo");
        assertThat(outcome(new ConfigResource(Kind.CLIENT_METRICS, "s"), set("interval.ms", "1000")))
                .isEqualTo(Outcome.OK);
    }

    @Test
    void aNodeIsCordonedByKafkasSetting() {
        var node = new ConfigResource(Kind.NODE, "1");
        var all = new ConfigResource(Kind.NODE, "");

        MetadataImage cordoned =
                alter(IMAGE, node, false, set("cordoned.log.dirs", "*")).after();
        assertThat(cordoned.cordoned()).containsExactly(1);
        assertThat(alter(cordoned, node, true, set("log.retention.bytes", "9"))
                        .after()
                        .cordoned())
                .isEmpty();
        assertThat(alter(cordoned, node, false, change("cordoned.log.dirs", Operation.DELETE, null))
                        .after()
                        .cordoned())
                .isEmpty();

        assertThat(alter(cordoned, node, false, set("cordoned.log.dirs", "/data"))
                        .after()
                        .cordoned())
                .as("single folders are the node's business")
                .isEmpty();
        assertThat(outcome(all, set("cordoned.log.dirs", "*")).error()).isEqualTo(ErrorKind.INVALID_REQUEST);
    }
}
