package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What Kafka's tools may do to a queue's topic.
class QueueTopicRulesTest {
    private static final String TOPIC = "queue.orders";

    private final Steps steps = new Steps(TestImage.ofNodes(3));

    @BeforeEach
    void declare() {
        steps.run(new DeclareDefaults());
        var ref = new QueueRef(new VhostName("/"), new QueueName("orders"));
        steps.run(new ChangeTopology(new TopologyChange.DeclareQueue(
                new QueueSpec(ref, QueueType.CLASSIC, true, false, false, Arguments.NONE), 1, Optional.empty())));
    }

    private Map<String, String> overrides() {
        return steps.image().topic(TOPIC).orElseThrow().overrides();
    }

    private Outcome alter(boolean replaceAll, ConfigChange... changes) {
        var topic = new ConfigResource(ConfigResource.Kind.TOPIC, TOPIC);
        return steps.run(new AlterConfigs(List.of(new ConfigChanges(topic, replaceAll, List.of(changes))), false))
                .getFirst();
    }

    private static ConfigChange set(String name, String value) {
        return new ConfigChange(name, Operation.SET, value);
    }

    @Test
    void whatTheQueueReliesOnStaysAsItIs() {
        Map<String, String> before = overrides();

        for (ConfigChange change : List.of(
                set("cleanup.policy", "compact"),
                set("retention.ms", "1000"),
                set("retention.bytes", "1000"),
                set("max.message.bytes", "1000"),
                set("message.timestamp.type", "LogAppendTime"),
                set("compression.type", "gzip"),
                new ConfigChange("retention.ms", Operation.DELETE, null))) {
            Outcome outcome = alter(false, set("min.insync.replicas", "2"), change);
            assertThat(outcome.error()).as(change.name()).isEqualTo(ErrorKind.POLICY_VIOLATION);
            assertThat(outcome.message()).contains(change.name()).doesNotContain("min.insync");
        }
        // the old call takes away what it does not name
        assertThat(alter(true, set("min.insync.replicas", "2")).error()).isEqualTo(ErrorKind.POLICY_VIOLATION);

        assertThat(overrides()).isEqualTo(before);
    }

    @Test
    void whatIsTheOperatorsCanBeChanged() {
        assertThat(alter(
                        false,
                        set("min.insync.replicas", "2"),
                        set("leader.replication.throttled.replicas", "*"),
                        set("retention.ms", "-1")))
                .isEqualTo(Outcome.OK);

        assertThat(overrides()).containsEntry("min.insync.replicas", "2").containsEntry("retention.ms", "-1");
    }

    @Test
    void itHasOnePartitionAndGoesWithItsQueue() {
        assertThat(steps.run(new CreatePartitions(List.of(new MorePartitions(TOPIC, 2, List.of())), false))
                        .getFirst()
                        .error())
                .isEqualTo(ErrorKind.POLICY_VIOLATION);
        assertThat(steps.run(new DeleteTopics(List.of(new TopicRef(TOPIC, TopicId.NONE))))
                        .getFirst()
                        .outcome()
                        .error())
                .isEqualTo(ErrorKind.POLICY_VIOLATION);
        assertThat(steps.image().topic(TOPIC).orElseThrow().partitions()).hasSize(1);
    }
}
