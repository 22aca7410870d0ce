package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Whatever is asked of a controller at whatever level: a build that knows no later level than the finalised one reads
/// every record it writes ([Steps] looks at each) and every snapshot, and no node is let in that does not. One call in
/// some raises the level, or tries to.
class LevelProperty {
    private static final int NODES = 4;
    private static final int TURNS = 60;
    private static final List<MetadataLevel> LEVELS = List.of(MetadataLevel.values());

    @Property(tries = 60)
    void everyBuildThatIsThereReadsWhatIsWritten(SeededRandomness chance) {
        for (MetadataLevel level : LEVELS) {
            new History(chance, level).run();
        }
    }

    /// One cluster's life.
    private static final class History {
        private final SeededRandomness chance;
        private final Steps steps;
        private int lives;

        History(SeededRandomness chance, MetadataLevel level) {
            this.chance = chance;
            this.steps = new Steps(TestImage.ofNodes(NODES, Map.of(), level));
        }

        void run() {
            for (int turn = 0; turn < TURNS; turn++) {
                steps.run(any());
                check();
            }
        }

        private void check() {
            MetadataLevel level = steps.image().level();
            for (MetadataRecord record : ImageSnapshot.records(steps.image())) {
                assertThat(RecordCodec.decode(ByteBuffer.wrap(RecordCodec.encode(record)), level))
                        .isEqualTo(new RecordCodec.Decoded.Complete(record));
            }
            assertThat(steps.image().nodes())
                    .allSatisfy(node -> assertThat(features(node.id()).includes(level.number()))
                            .isTrue());
        }

        private FeatureRange features(int node) {
            return steps.image().registration(node).orElseThrow().features().get(MetadataLevel.FEATURE);
        }

        private Command<?> any() {
            int node = node();
            return switch (chance.nextInt(15)) {
                case 0 -> new CreateTopics(List.of(TestImage.topic(topic(), 1 + chance.nextInt(3), 3)), false);
                case 1 -> new DeleteTopics(List.of(new TopicRef(topic(), TopicId.NONE)));
                case 2 -> new CreatePartitions(List.of(new MorePartitions(topic(), 4, List.of())), false);
                case 3, 4 -> new AlterConfigs(List.of(settings(node)), chance.nextInt(4) == 0);
                case 5, 6 -> register(node);
                case 7 -> new FenceNode(node, epoch(node));
                case 8 -> new UnfenceNode(node, epoch(node));
                case 9 -> new LeaveNode(node, epoch(node));
                case 10 -> new Reassign(List.of(new Reassignment(topic(), 0, Optional.of(List.of(node)))), true);
                case 11 -> chance.nextInt(4) == 0 ? new UnregisterNode(node) : new AllocateProducerIds(node);
                case 12 -> new ChangeTopology(new TopologyChange.PutVhost(new VhostName("/"), Arguments.NONE));
                case 13 ->
                    new ChangeTopology(new TopologyChange.DeclareQueue(
                            new QueueSpec(
                                    new QueueRef(new VhostName("/"), new QueueName("q" + chance.nextInt(4))),
                                    QueueType.CLASSIC,
                                    chance.nextBoolean(),
                                    false,
                                    false,
                                    Arguments.NONE),
                            node,
                            Optional.empty()));
                default -> new UpdateFeatures(List.of(features()), chance.nextInt(4) == 0);
            };
        }

        private int node() {
            return 1 + chance.nextInt(NODES);
        }

        private String topic() {
            return "t" + chance.nextInt(4);
        }

        private long epoch(int node) {
            return steps.image()
                    .registration(node)
                    .map(MetadataRecord.NodeRegistered::epoch)
                    .orElse(0L);
        }

        private ConfigChanges settings(int node) {
            return chance.nextBoolean()
                    ? changed(ConfigResource.Kind.TOPIC, topic(), "min.insync.replicas", "2")
                    : changed(ConfigResource.Kind.NODE, Integer.toString(node), "cordoned.log.dirs", "*");
        }

        private ConfigChanges changed(ConfigResource.Kind kind, String resource, String name, String value) {
            ConfigChange change = chance.nextBoolean()
                    ? new ConfigChange(name, Operation.SET, value)
                    : new ConfigChange(name, Operation.DELETE, null);
            return new ConfigChanges(new ConfigResource(kind, resource), false, List.of(change));
        }

        /// Of any build, with one disk or several.
        private RegisterNode register(int node) {
            lives++;
            MetadataLevel known = LEVELS.get(chance.nextInt(LEVELS.size()));
            return new RegisterNode(
                    node,
                    new TopicId(node, 1_000 + lives),
                    new TopicId(node, 2 + chance.nextInt(2)),
                    Stream.generate(() -> TopicId.random(chance))
                            .limit(chance.nextInt(3))
                            .toList(),
                    "rack",
                    List.of(),
                    Map.of("metadata.version", new FeatureRange(7, 33), MetadataLevel.FEATURE, known.range()));
        }

        private FeatureChange features() {
            String feature = chance.nextInt(4) == 0 ? "metadata.version" : MetadataLevel.FEATURE;
            return new FeatureChange(feature, chance.nextInt(4), chance.nextBoolean(), chance.nextBoolean());
        }
    }
}
