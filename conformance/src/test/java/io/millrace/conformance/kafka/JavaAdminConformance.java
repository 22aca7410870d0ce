package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.SharedBroker;
import io.millrace.conformance.Soon;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Topics, configurations and the cluster through the Java Admin client 4.4.0.
@ExtendWith(SharedBroker.class)
final class JavaAdminConformance {
    /// The topic settings of 4.4. Clients show all of them; a name that is missing here is missing in every console.
    private static final Set<String> TOPIC_SETTINGS = Set.of(
            "cleanup.policy",
            "compression.gzip.level",
            "compression.lz4.level",
            "compression.type",
            "compression.zstd.level",
            "delete.retention.ms",
            "errors.deadletterqueue.group.enable",
            "file.delete.delay.ms",
            "flush.messages",
            "flush.ms",
            "follower.replication.throttled.replicas",
            "index.interval.bytes",
            "leader.replication.throttled.replicas",
            "local.retention.bytes",
            "local.retention.ms",
            "max.compaction.lag.ms",
            "max.message.bytes",
            "message.timestamp.after.max.ms",
            "message.timestamp.before.max.ms",
            "message.timestamp.type",
            "min.cleanable.dirty.ratio",
            "min.compaction.lag.ms",
            "min.insync.replicas",
            "preallocate",
            "remote.log.copy.disable",
            "remote.log.delete.on.disable",
            "remote.storage.enable",
            "retention.bytes",
            "retention.ms",
            "segment.bytes",
            "segment.index.bytes",
            "segment.jitter.ms",
            "segment.ms",
            "unclean.leader.election.enable");

    private final JavaClients clients;
    private final Admin admin;

    JavaAdminConformance(BrokerUnderTest broker) {
        clients = new JavaClients(broker.bootstrap());
        admin = clients.admin();
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private static NewTopic newTopic(String name, int partitions) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty());
    }

    private TopicDescription describe(String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    }

    @Test
    void aTopicIsCreatedWithWhatWasAskedFor() {
        String topic = fresh("create");
        var wanted = newTopic(topic, 3).configs(Map.of("retention.ms", "12345"));

        var created = admin.createTopics(List.of(wanted));

        assertThat(get(created.numPartitions(topic))).isEqualTo(3);
        assertThat(get(created.replicationFactor(topic))).isEqualTo(1);
        assertThat(get(created.config(topic)).get("retention.ms").value()).isEqualTo("12345");
        Uuid id = get(created.topicId(topic));
        assertThat(id).isNotEqualTo(Uuid.ZERO_UUID);
        Soon.check(() -> describe(topic));
        TopicDescription description = describe(topic);
        assertThat(description.topicId()).isEqualTo(id);
        assertThat(description.isInternal()).isFalse();
        assertThat(description.partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2);
        assertThat(description.partitions())
                .allSatisfy(p -> assertThat(p.replicas()).isEqualTo(p.isr()).containsExactly(p.leader()));
        assertThat(get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .allTopicIds()))
                .containsOnlyKeys(id);
        assertThat(get(admin.listTopics().names())).contains(topic);
    }

    @Test
    void validateOnlyCreatesNothing() {
        String topic = fresh("validate");
        var options = new CreateTopicsOptions().validateOnly(true);

        get(admin.createTopics(List.of(newTopic(topic, 2)), options).all());

        assertThat(get(admin.listTopics().names())).doesNotContain(topic);
        String existing = clients.topic("validate-existing", 1, Map.of());
        assertThatExceptionOfType(TopicExistsException.class)
                .isThrownBy(() -> get(admin.createTopics(List.of(newTopic(existing, 1)), options)
                        .all()));
    }

    @Test
    void aWrongTopicIsRefusedWithItsOwnError() {
        String existing = clients.topic("existing", 1, Map.of());

        var created = admin.createTopics(List.of(
                        newTopic(existing, 1),
                        newTopic("bad name", 1),
                        newTopic("zero-partitions", 0),
                        new NewTopic("two-replicas", 1, (short) 2),
                        newTopic("bad-config", 1).configs(Map.of("retention.ms", "soon")),
                        newTopic("unknown-config", 1).configs(Map.of("no.such.setting", "1"))))
                .values();

        assertThatExceptionOfType(TopicExistsException.class).isThrownBy(() -> get(created.get(existing)));
        assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> get(created.get("bad name")));
        assertThatExceptionOfType(InvalidPartitionsException.class)
                .isThrownBy(() -> get(created.get("zero-partitions")));
        assertThatExceptionOfType(InvalidReplicationFactorException.class)
                .isThrownBy(() -> get(created.get("two-replicas")));
        assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> get(created.get("bad-config")));
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> get(created.get("unknown-config")));
    }

    @Test
    void replicasMayBeAssignedByHand() {
        String topic = fresh("by-hand");
        int node = get(admin.describeCluster().nodes()).iterator().next().id();

        get(admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(node), 1, List.of(node)))))
                .all());

        Soon.check(() -> assertThat(describe(topic).partitions()).hasSize(2));
    }

    @Test
    void aRecreatedTopicHasANewIdAndNoOldRecords() {
        String topic = clients.topic("recreate", 1, Map.of());
        Uuid before = describe(topic).topicId();
        clients.send(topic, 5);

        get(admin.deleteTopics(List.of(topic)).all());
        Soon.check(() -> assertThat(get(admin.listTopics().names())).doesNotContain(topic));
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class).isThrownBy(() -> describe(topic));
        clients.createTopic(topic, 1, Map.of());

        assertThat(describe(topic).topicId()).isNotEqualTo(before);
        assertThat(clients.readAll(topic)).isEmpty();
        assertThatExceptionOfType(UnknownTopicIdException.class)
                .isThrownBy(() -> get(admin.describeTopics(TopicCollection.ofTopicIds(List.of(before)))
                        .allTopicIds()));
    }

    @Test
    void topicsAreDeletedByIdToo() {
        String topic = clients.topic("delete-by-id", 1, Map.of());

        get(admin.deleteTopics(
                        TopicCollection.ofTopicIds(List.of(describe(topic).topicId())))
                .all());

        Soon.check(() -> assertThat(get(admin.listTopics().names())).doesNotContain(topic));
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class)
                .isThrownBy(() -> get(admin.deleteTopics(List.of(topic)).all()));
    }

    @Test
    void partitionsOnlyGrow() {
        String topic = clients.topic("grow", 2, Map.of());

        get(admin.createPartitions(
                        Map.of(topic, NewPartitions.increaseTo(9)), new CreatePartitionsOptions().validateOnly(true))
                .all());
        assertThat(describe(topic).partitions()).hasSize(2);
        get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all());
        Soon.check(() -> assertThat(describe(topic).partitions()).hasSize(5));

        assertThatExceptionOfType(InvalidPartitionsException.class)
                .isThrownBy(() -> get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5)))
                        .all()));
        assertThatExceptionOfType(InvalidPartitionsException.class)
                .isThrownBy(() -> get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(1)))
                        .all()));
        String absent = fresh("absent");
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class)
                .isThrownBy(() -> get(admin.createPartitions(Map.of(absent, NewPartitions.increaseTo(2)))
                        .all()));
    }

    @Test
    void manyTopicsAreDescribedInOneCall() {
        List<String> topics =
                IntStream.range(0, 30).mapToObj(i -> fresh("many")).toList();
        get(admin.createTopics(topics.stream().map(t -> newTopic(t, 2)).toList())
                .all());

        Soon.check(() ->
                assertThat(get(admin.describeTopics(topics).allTopicNames())).hasSize(30));
    }

    @Test
    void internalTopicsAreListedOnlyOnDemand() {
        String topic = clients.topic("internal", 1, Map.of());
        try (var consumer = clients.consumer(Map.of("group.id", fresh("internal")))) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.commitSync(Map.of());
            consumer.committed(Set.of(new TopicPartition(topic, 0)));
        }

        assertThat(get(admin.listTopics().names())).doesNotContain("__consumer_offsets");
        assertThat(get(admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .names()))
                .contains("__consumer_offsets");
    }

    @Test
    void everySettingOfATopicIsShownWithItsSource() {
        String topic = clients.topic("configs", 1, Map.of("retention.ms", "1000", "cleanup.policy", "compact,delete"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var options = new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);

        Config config =
                get(admin.describeConfigs(List.of(resource), options).all()).get(resource);

        assertThat(config.entries()).extracting(ConfigEntry::name).containsAll(TOPIC_SETTINGS);
        assertThat(config.entries())
                .allSatisfy(entry -> assertThat(entry.documentation()).isNotBlank());
        ConfigEntry retention = config.get("retention.ms");
        assertThat(retention.value()).isEqualTo("1000");
        assertThat(retention.source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.isDefault()).isFalse();
        assertThat(retention.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(retention.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name, ConfigEntry.ConfigSynonym::source)
                .containsExactly(tuple("retention.ms", ConfigSource.DYNAMIC_TOPIC_CONFIG));
        ConfigEntry policy = config.get("cleanup.policy");
        assertThat(policy.value()).isEqualTo("compact,delete");
        assertThat(policy.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name, ConfigEntry.ConfigSynonym::source)
                .containsExactly(
                        tuple("cleanup.policy", ConfigSource.DYNAMIC_TOPIC_CONFIG),
                        tuple("log.cleanup.policy", ConfigSource.DEFAULT_CONFIG));
        assertThat(config.get("segment.bytes").value()).isEqualTo("1073741824");
        assertThat(config.get("segment.bytes").isDefault()).isTrue();
        assertThat(config.get("max.message.bytes").value()).isEqualTo("1048588");
    }

    @Test
    void aMissingTopicHasNoSettings() {
        String topic = clients.topic("has-config", 1, Map.of());
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var missing = new ConfigResource(ConfigResource.Type.TOPIC, fresh("absent"));

        var described = admin.describeConfigs(List.of(resource, missing)).values();

        assertThat(get(described.get(resource)).entries()).isNotEmpty();
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class).isThrownBy(() -> get(described.get(missing)));
    }

    @Test
    void settingsAreChangedOneByOne() {
        String topic = clients.topic("alter", 1, Map.of("retention.ms", "1000", "segment.ms", "60000"));
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);

        alter(resource, set("retention.ms", "2000"), set("cleanup.policy", "compact"));
        alter(resource, op("cleanup.policy", "delete", OpType.APPEND), op("segment.ms", "", OpType.DELETE));

        Soon.check(() -> {
            Config config = config(resource);
            assertThat(config.get("retention.ms").value()).isEqualTo("2000");
            assertThat(config.get("cleanup.policy").value()).isEqualTo("compact,delete");
            assertThat(config.get("segment.ms").value()).isEqualTo("604800000");
            assertThat(config.get("segment.ms").source()).isEqualTo(ConfigSource.DEFAULT_CONFIG);
        });
        alter(resource, op("cleanup.policy", "compact", OpType.SUBTRACT));
        Soon.check(
                () -> assertThat(config(resource).get("cleanup.policy").value()).isEqualTo("delete"));
    }

    @Test
    void aWrongSettingChangesNothing() {
        String topic = clients.topic("alter-wrong", 1, Map.of());
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);

        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> alter(resource, set("retention.ms", "3000"), set("segment.bytes", "many")));
        assertThatExceptionOfType(InvalidConfigurationException.class)
                .isThrownBy(() -> alter(resource, set("no.such.setting", "1")));
        get(admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(set("retention.ms", "3000"))),
                        new AlterConfigsOptions().validateOnly(true))
                .all());

        assertThat(config(resource).get("retention.ms").value()).isEqualTo("604800000");
        var missing = new ConfigResource(ConfigResource.Type.TOPIC, fresh("absent"));
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class)
                .isThrownBy(() -> alter(missing, set("retention.ms", "1")));
    }

    private void alter(ConfigResource resource, AlterConfigOp... operations) {
        get(admin.incrementalAlterConfigs(Map.of(resource, List.of(operations))).all());
    }

    private Config config(ConfigResource resource) {
        return get(admin.describeConfigs(List.of(resource)).all()).get(resource);
    }

    private static AlterConfigOp set(String name, String value) {
        return op(name, value, OpType.SET);
    }

    private static AlterConfigOp op(String name, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    @Test
    void aChangedSettingActsOnTheNextRecord() {
        String topic = clients.topic("acts", 1, Map.of());
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);

        try (var producer = clients.producer(Map.of())) {
            get(producer.send(new ProducerRecord<>(topic, "x".repeat(5_000))));
            alter(resource, set("max.message.bytes", "1000"));
            Soon.check(() -> assertThatExceptionOfType(RecordTooLargeException.class)
                    .isThrownBy(() -> get(producer.send(new ProducerRecord<>(topic, "x".repeat(5_000))))));
        }
    }

    @Test
    void brokerSettingsAreDescribed() {
        Node node = get(admin.describeCluster().nodes()).iterator().next();
        var resource = new ConfigResource(ConfigResource.Type.BROKER, node.idString());

        Config config = config(resource);

        assertThat(config.get("node.id").value()).isEqualTo(node.idString());
        assertThat(config.get("node.id").isReadOnly()).isTrue();
        assertThat(config.entries())
                .extracting(ConfigEntry::name)
                .contains("log.dirs", "num.partitions", "auto.create.topics.enable", "log.retention.ms");
    }

    @Test
    void theClusterIsOneNodeThatControlsItself() {
        var cluster = admin.describeCluster();

        Node node = get(cluster.nodes()).iterator().next();
        assertThat(get(cluster.nodes())).hasSize(1);
        assertThat(get(cluster.controller())).isEqualTo(node);
        assertThat(get(cluster.clusterId())).isNotBlank();
        assertThat(node.host()).isEqualTo("127.0.0.1");
    }

    @Test
    void logDirectoriesTellTheSizeOfEveryPartition() {
        String topic = clients.topic("log-dirs", 2, Map.of());
        clients.send(topic, 100);
        int node = get(admin.describeCluster().nodes()).iterator().next().id();

        Map<String, LogDirDescription> directories =
                get(admin.describeLogDirs(List.of(node)).allDescriptions()).get(node);

        var replicas = directories.values().stream()
                .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                .filter(entry -> entry.getKey().topic().equals(topic))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        assertThat(replicas).containsOnlyKeys(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        assertThat(replicas.get(new TopicPartition(topic, 0)).size()).isPositive();
        assertThat(replicas.get(new TopicPartition(topic, 1)).size()).isZero();
        assertThat(directories.values()).allSatisfy(directory -> {
            assertThat(directory.error()).isNull();
            assertThat(directory.totalBytes().orElse(0)).isPositive();
            assertThat(directory.usableBytes().orElse(0)).isPositive();
        });
    }

    @Test
    void deletedRecordsMoveTheStart() {
        String topic = clients.topic("delete-records", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        clients.send(topic, 10);

        var deleted = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4)));
        assertThat(get(deleted.lowWatermarks().get(partition)).lowWatermark()).isEqualTo(4);
        assertThat(clients.readValues(topic)).containsExactly("4", "5", "6", "7", "8", "9");

        assertThatExceptionOfType(OffsetOutOfRangeException.class)
                .isThrownBy(() -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(99)))
                        .all()));
        get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                .all());
        assertThat(clients.readValues(topic)).isEmpty();
        assertThat(offset(partition, OffsetSpec.earliest())).isEqualTo(10);
        assertThat(offset(partition, OffsetSpec.latest())).isEqualTo(10);
    }

    private long offset(TopicPartition partition, OffsetSpec spec) {
        return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition))
                .offset();
    }

    @Test
    void offsetsAreListedByEverySpecification() {
        String topic = clients.topic("list-offsets", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        assertThat(offset(partition, OffsetSpec.maxTimestamp())).isEqualTo(-1);
        try (var producer = clients.producer(Map.of())) {
            for (long timestamp : new long[] {1_000, 5_000, 3_000}) {
                get(producer.send(new ProducerRecord<>(topic, 0, 1_700_000_000_000L + timestamp, null, "value")));
            }
        }

        assertThat(offset(partition, OffsetSpec.earliest())).isZero();
        assertThat(offset(partition, OffsetSpec.latest())).isEqualTo(3);
        assertThat(offset(partition, OffsetSpec.forTimestamp(1_700_000_002_000L)))
                .isEqualTo(1);
        assertThat(offset(partition, OffsetSpec.forTimestamp(1_800_000_000_000L)))
                .isEqualTo(-1);
        assertThat(offset(partition, OffsetSpec.earliestLocal())).isZero();
        var max = get(
                admin.listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).partitionResult(partition));
        assertThat(max.offset()).isEqualTo(1);
        assertThat(max.timestamp()).isEqualTo(1_700_000_005_000L);
        assertThatExceptionOfType(UnknownTopicOrPartitionException.class)
                .isThrownBy(() -> offset(new TopicPartition(fresh("absent"), 0), OffsetSpec.latest()));
    }

    @Test
    void theMetadataQuorumIsThisNode() {
        int node = get(admin.describeCluster().nodes()).iterator().next().id();

        var quorum = get(admin.describeMetadataQuorum().quorumInfo());

        assertThat(quorum.leaderId()).isEqualTo(node);
        assertThat(quorum.voters()).hasSize(1);
        assertThat(quorum.voters().getFirst().replicaId()).isEqualTo(node);
        assertThat(quorum.highWatermark()).isPositive();
    }

    @ParameterizedTest
    // group.version and transaction.version follow with the APIs they stand for
    @ValueSource(strings = {"metadata.version", "kraft.version"})
    void featuresAreFinalised(String feature) {
        var features = get(admin.describeFeatures().featureMetadata());

        assertThat(features.supportedFeatures()).containsKey(feature);
        assertThat(features.finalizedFeaturesEpoch()).isPresent();
    }

    @Test
    void producersOfAPartitionAreListed() {
        String topic = clients.topic("producers", 1, Map.of());
        var partition = new TopicPartition(topic, 0);
        clients.send(topic, 3);

        var producers = get(admin.describeProducers(List.of(partition)).partitionResult(partition))
                .activeProducers();

        assertThat(producers).singleElement().satisfies(producer -> {
            assertThat(producer.lastSequence()).isEqualTo(2);
            assertThat(producer.currentTransactionStartOffset()).isEmpty();
        });
    }

    @Test
    void everyTopicKeepsItsOwnSettings() {
        List<String> topics = IntStream.range(0, 5)
                .mapToObj(i -> clients.topic("own", 1, Map.of("retention.ms", "" + (1000 + i))))
                .toList();
        var resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .collect(Collectors.toMap(ConfigResource::name, Function.identity()));

        var described = get(admin.describeConfigs(resources.values()).all());

        for (int i = 0; i < topics.size(); i++) {
            assertThat(described
                            .get(resources.get(topics.get(i)))
                            .get("retention.ms")
                            .value())
                    .isEqualTo("" + (1000 + i));
        }
    }
}
