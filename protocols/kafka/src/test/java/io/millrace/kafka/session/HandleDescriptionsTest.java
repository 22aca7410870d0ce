package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.partition.Partitions.LogDirectoryView;
import io.millrace.broker.partition.Partitions.ReplicaView;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryCatalog;
import io.millrace.kafka.mapping.Operations;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsResponse;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeClusterResponse;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.junit.jupiter.api.Test;

/// AlterReplicaLogDirs, DescribeCluster, DescribeLogDirs, DescribeTopicPartitions, DescribeQuorum and InitProducerId.
class HandleDescriptionsTest {
    private final KafkaFixture node = new KafkaFixture();

    private DescribeClusterResponseData cluster(DescribeClusterRequestData data, int version) {
        return node.call(new DescribeClusterRequest.Builder(data).build((short) version), DescribeClusterResponse.class)
                .data();
    }

    @Test
    void theClusterIsDescribedInEveryVersion() {
        for (short version : KafkaFixture.versions(ApiKeys.DESCRIBE_CLUSTER, 0, 2)) {
            DescribeClusterResponseData answer =
                    cluster(new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true), version);

            assertThat(answer.clusterId()).isEqualTo(MemoryCatalog.CLUSTER_ID);
            assertThat(answer.brokers().find(1).port()).isEqualTo(9092);
            assertThat(answer.clusterAuthorizedOperations()).isEqualTo(Operations.CLUSTER);
        }
    }

    @Test
    void controllersAreNotFoundOnABrokersListener() {
        assertThat(cluster(new DescribeClusterRequestData().setEndpointType((byte) 2), 1)
                        .errorCode())
                .isEqualTo(Errors.MISMATCHED_ENDPOINT_TYPE.code());
        assertThat(cluster(new DescribeClusterRequestData().setEndpointType((byte) 9), 1)
                        .errorCode())
                .isEqualTo(Errors.UNSUPPORTED_ENDPOINT_TYPE.code());
    }

    @Test
    void fencedNodesAreShownOnlyWhenAsked() {
        node.catalog.addNode(new NodeView(2, "", true, List.of(new NodeView.Endpoint("kafka", "dead", 1))));

        assertThat(cluster(new DescribeClusterRequestData(), 2).brokers()).hasSize(1);
        assertThat(cluster(new DescribeClusterRequestData().setIncludeFencedBrokers(true), 2)
                        .brokers()
                        .find(2)
                        .isFenced())
                .isTrue();
    }

    @Test
    void replicasAreToldWhichDiskToBeOn() {
        node.partitions.create("orders", 2);
        node.partitions.setDirectories(
                List.of(new LogDirectoryView("/data/b", ErrorKind.NONE, 1_000, 400, false, List.of())));
        for (short version : KafkaFixture.versions(ApiKeys.ALTER_REPLICA_LOG_DIRS, 1, 2)) {
            AlterReplicaLogDirsRequestData data = new AlterReplicaLogDirsRequestData();
            data.dirs().add(directory("/data/b", List.of(0, 7)));
            data.dirs().add(directory("/nowhere", List.of(1)));

            AlterReplicaLogDirsResponseData answer = node.call(
                            new AlterReplicaLogDirsRequest.Builder(data).build(version),
                            AlterReplicaLogDirsResponse.class)
                    .data();

            assertThat(answer.results()).hasSize(1);
            assertThat(answer.results().getFirst().topicName()).isEqualTo("orders");
            assertThat(answer.results().getFirst().partitions())
                    .extracting(
                            AlterReplicaLogDirPartitionResult::partitionIndex,
                            AlterReplicaLogDirPartitionResult::errorCode)
                    .containsExactly(
                            tuple(0, Errors.NONE.code()),
                            tuple(7, Errors.REPLICA_NOT_AVAILABLE.code()),
                            tuple(1, Errors.LOG_DIR_NOT_FOUND.code()));
            assertThat(node.partitions.moves()).containsExactly(Map.entry(new TopicPartition("orders", 0), "/data/b"));
        }
    }

    private static AlterReplicaLogDir directory(String path, List<Integer> partitions) {
        AlterReplicaLogDir directory = new AlterReplicaLogDir().setPath(path);
        directory.topics().add(new AlterReplicaLogDirTopic().setName("orders").setPartitions(partitions));
        return directory;
    }

    private DescribeLogDirsResponseData logDirs(DescribeLogDirsRequestData data, int version) {
        return node.call(new DescribeLogDirsRequest.Builder(data).build((short) version), DescribeLogDirsResponse.class)
                .data();
    }

    @Test
    void logDirectoriesAreDescribedInEveryVersion() {
        node.partitions.setDirectories(List.of(
                new LogDirectoryView(
                        "/data/a",
                        ErrorKind.NONE,
                        1_000,
                        400,
                        false,
                        List.of(
                                new ReplicaView(new TopicPartition("orders", 0), 70, 0, false),
                                new ReplicaView(new TopicPartition("orders", 1), 80, 0, false),
                                new ReplicaView(new TopicPartition("bills", 0), 90, 0, false))),
                new LogDirectoryView("/data/b", ErrorKind.STORAGE_ERROR, -1, -1, false, List.of())));
        for (short version : KafkaFixture.versions(ApiKeys.DESCRIBE_LOG_DIRS, 1, 5)) {
            DescribeLogDirsResponseData answer = logDirs(new DescribeLogDirsRequestData().setTopics(null), version);

            assertThat(answer.results().getFirst().logDir()).isEqualTo("/data/a");
            assertThat(answer.results().getFirst().topics()).hasSize(2);
            assertThat(answer.results().getLast().errorCode()).isEqualTo(Errors.KAFKA_STORAGE_ERROR.code());
        }
        DescribeLogDirsRequestData some = new DescribeLogDirsRequestData();
        some.topics().add(new DescribableLogDirTopic().setTopic("orders").setPartitions(List.of(1)));

        DescribeLogDirsResponseData.DescribeLogDirsTopic only =
                logDirs(some, 4).results().getFirst().topics().getFirst();
        assertThat(only.name()).isEqualTo("orders");
        assertThat(only.partitions()).hasSize(1);
        assertThat(only.partitions().getFirst().partitionSize()).isEqualTo(80);
    }

    private DescribeTopicPartitionsResponseData page(DescribeTopicPartitionsRequestData data) {
        return node.call(
                        new DescribeTopicPartitionsRequest.Builder(data).build((short) 0),
                        DescribeTopicPartitionsResponse.class)
                .data();
    }

    private static List<String> shown(DescribeTopicPartitionsResponseData page) {
        List<String> shown = new ArrayList<>();
        page.topics()
                .forEach(topic ->
                        topic.partitions().forEach(partition -> shown.add(topic.name() + partition.partitionIndex())));
        return shown;
    }

    @Test
    void topicsAreDescribedPageByPage() {
        node.topic("b", 3);
        node.topic("a", 2);
        node.topic("c", 1);
        List<String> seen = new ArrayList<>();
        DescribeTopicPartitionsRequestData data = new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(2);
        int pages = 0;
        while (true) {
            DescribeTopicPartitionsResponseData page = page(data);
            seen.addAll(shown(page));
            pages++;
            if (page.nextCursor() == null) {
                break;
            }
            data.setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                    .setTopicName(page.nextCursor().topicName())
                    .setPartitionIndex(page.nextCursor().partitionIndex()));
        }

        assertThat(seen).containsExactly("a0", "a1", "b0", "b1", "b2", "c0");
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void namedTopicsAreDescribedInNameOrderAndMissingOnesTold() {
        node.topic("b", 1);
        node.topic("a", 1);

        DescribeTopicPartitionsResponseData page = page(new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(
                        new TopicRequest().setName("b"),
                        new TopicRequest().setName("nowhere"),
                        new TopicRequest().setName("a"))));

        assertThat(shown(page)).containsExactly("a0", "b0");
        assertThat(page.topics().find("nowhere").errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void anImpossibleCursorIsRefused() {
        DescribeTopicPartitionsRequestData data = new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName("a")))
                .setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                        .setTopicName("a")
                        .setPartitionIndex(-1));

        assertThat(page(data).topics().find("a").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void theQuorumIsThatOfTheMetadataLog() {
        for (short version : KafkaFixture.versions(ApiKeys.DESCRIBE_QUORUM, 0, 2)) {
            DescribeQuorumRequestData data = new DescribeQuorumRequestData()
                    .setTopics(List.of(quorumOf("__cluster_metadata"), quorumOf("orders")));

            DescribeQuorumResponseData answer = node.call(
                            new DescribeQuorumRequest.Builder(data).build(version), DescribeQuorumResponse.class)
                    .data();

            DescribeQuorumResponseData.PartitionData quorum =
                    answer.topics().getFirst().partitions().getFirst();
            assertThat(quorum.leaderId()).isEqualTo(1);
            assertThat(quorum.highWatermark()).isEqualTo(499);
            assertThat(quorum.currentVoters().getFirst().logEndOffset()).isEqualTo(500);
            assertThat(answer.topics().getLast().partitions().getFirst().errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
    }

    private static DescribeQuorumRequestData.TopicData quorumOf(String topic) {
        return new DescribeQuorumRequestData.TopicData()
                .setTopicName(topic)
                .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData()));
    }

    private static InitProducerIdRequestData idempotent() {
        return new InitProducerIdRequestData().setTransactionalId(null);
    }

    private InitProducerIdResponseData initProducerId(InitProducerIdRequestData data, int version) {
        // Not by the client library's builder, which refuses to ask for nonsense.
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(data, (short) version);
        InitProducerIdRequest request = InitProducerIdRequest.parse(bytes, (short) version);
        return node.call(request, InitProducerIdResponse.class).data();
    }

    @Test
    void producerIdsComeFromBlocksAndNeverTwice() {
        List<Long> ids = new ArrayList<>();
        for (short version : KafkaFixture.versions(ApiKeys.INIT_PRODUCER_ID, 0, 5)) {
            InitProducerIdResponseData answer = initProducerId(idempotent(), version);
            assertThat(answer.errorCode()).isZero();
            assertThat(answer.producerEpoch()).isZero();
            ids.add(answer.producerId());
        }

        assertThat(ids).containsExactly(1_000L, 1_001L, 1_002L, 1_003L, 1_004L, 1_005L);
        assertThat(node.catalog.blocks()).isEqualTo(2);
    }

    @Test
    void anIdempotentProducerThatComesBackGetsAFreshId() {
        InitProducerIdRequestData back = idempotent().setProducerId(55).setProducerEpoch((short) 3);

        assertThat(initProducerId(back, 4).producerId()).isEqualTo(1_000);
    }

    @Test
    void transactionalIdsAreRefusedForGood() {
        InitProducerIdResponseData answer = initProducerId(idempotent().setTransactionalId("tx"), 5);

        assertThat(answer.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(answer.producerId()).isEqualTo(-1);
        assertThat(Errors.forCode(answer.errorCode()).exception())
                .isNotInstanceOf(org.apache.kafka.common.errors.RetriableException.class);
    }

    @Test
    void halfAnIdentityIsRefused() {
        assertThat(initProducerId(idempotent().setProducerId(55), 4).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(initProducerId(idempotent().setTransactionalId(""), 4).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void whoeverWaitsForABlockThatFailsIsToldSo() {
        node.catalog.refuseBlocks();

        assertThat(initProducerId(idempotent(), 4).errorCode()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
    }
}
