package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.session.Api.Order;
import io.millrace.kafka.state.FetchSessions;
import io.millrace.kafka.state.ProducerIds;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AddRaftVoterRequest;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RemoveRaftVoterRequest;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;

/// The table of what this broker offers: API, versions, handler. Group APIs come with the ports, because their handlers
/// are wired to the coordinator.
public final class KafkaApis {
    /// Every loop of every other node has one here.
    private static final int FOLLOWER_SESSIONS_MAX = 1_000;

    private static final int FOLLOWER_SESSION_PARTITIONS_MAX = 1_000_000;

    private KafkaApis() {}

    public static Apis of(KafkaPorts ports) {
        List<Api<?>> apis = new ArrayList<>(ports.groupApis());
        apis.addAll(data(ports));
        apis.addAll(topics(ports.partitions(), ports.catalog(), ports.changes()));
        apis.addAll(configs(ports));
        apis.addAll(cluster(ports.catalog(), ports.cluster()));
        apis.addAll(descriptions(ports.partitions(), ports.catalog(), ports.cluster()));
        return new Apis(withApiVersions(apis, ports));
    }

    private static List<Api<?>> data(KafkaPorts ports) {
        KafkaConfig config = ports.config();
        Partitions partitions = ports.partitions();
        CatalogSource catalog = ports.catalog();
        FetchSessions sessions =
                new FetchSessions(ports.randomness(), config.fetchSessionsMax(), config.fetchSessionPartitionsMax());
        HandleProduce produce = new HandleProduce(partitions, catalog, ports.clock());
        FetchSessions followers =
                new FetchSessions(ports.randomness(), FOLLOWER_SESSIONS_MAX, FOLLOWER_SESSION_PARTITIONS_MAX);
        HandleFetch fetch = new HandleFetch(partitions, catalog, sessions, followers, config.fetchBytesMax());
        HandleMetadata metadata = new HandleMetadata(catalog, ports.changes(), config.autoCreateTopics());
        HandleInitProducerId initProducerId = new HandleInitProducerId(new ProducerIds(ports.changes()));
        HandleListOffsets listOffsets = new HandleListOffsets(partitions);
        HandleOffsetForLeaderEpoch epochs = new HandleOffsetForLeaderEpoch(partitions);
        return List.of(
                // Advertised from 0, because librdkafka turns compression off when it does not see the old versions.
                Api.of(ApiKeys.PRODUCE, 3, 13, ProduceRequest.class, produce)
                        .advertisedFrom(0)
                        .ordered(Order.OVERLAPPING),
                Api.of(ApiKeys.FETCH, 4, 18, FetchRequest.class, fetch).ordered(Order.ONE_AT_A_TIME),
                Api.of(ApiKeys.LIST_OFFSETS, 1, 11, ListOffsetsRequest.class, listOffsets),
                Api.of(ApiKeys.METADATA, 0, 13, MetadataRequest.class, metadata).ordered(Order.OVERLAPPING),
                Api.of(ApiKeys.INIT_PRODUCER_ID, 0, 5, InitProducerIdRequest.class, initProducerId),
                Api.of(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 2, 4, OffsetsForLeaderEpochRequest.class, epochs));
    }

    private static List<Api<?>> topics(Partitions partitions, CatalogSource catalog, CatalogChanges changes) {
        HandleCreatePartitions createPartitions = new HandleCreatePartitions(changes);
        HandleDeleteRecords deleteRecords = new HandleDeleteRecords(partitions, catalog);
        return List.of(
                Api.of(ApiKeys.CREATE_TOPICS, 2, 7, CreateTopicsRequest.class, new HandleCreateTopics(changes)),
                Api.of(ApiKeys.DELETE_TOPICS, 1, 6, DeleteTopicsRequest.class, new HandleDeleteTopics(changes)),
                Api.of(ApiKeys.CREATE_PARTITIONS, 0, 3, CreatePartitionsRequest.class, createPartitions),
                Api.of(ApiKeys.DELETE_RECORDS, 0, 2, DeleteRecordsRequest.class, deleteRecords));
    }

    private static List<Api<?>> configs(KafkaPorts ports) {
        CatalogChanges changes = ports.changes();
        HandleDescribeConfigs describe =
                new HandleDescribeConfigs(changes, ports.config().nodeId());
        HandleIncrementalAlterConfigs incremental = new HandleIncrementalAlterConfigs(changes);
        HandleListConfigResources list = new HandleListConfigResources(ports.catalog(), changes);
        return List.of(
                Api.of(ApiKeys.DESCRIBE_CONFIGS, 1, 4, DescribeConfigsRequest.class, describe),
                Api.of(ApiKeys.ALTER_CONFIGS, 0, 2, AlterConfigsRequest.class, new HandleAlterConfigs(changes)),
                Api.of(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 0, 1, IncrementalAlterConfigsRequest.class, incremental),
                Api.of(ApiKeys.LIST_CONFIG_RESOURCES, 0, 1, ListConfigResourcesRequest.class, list));
    }

    private static List<Api<?>> descriptions(Partitions partitions, CatalogSource catalog, ClusterChanges cluster) {
        HandleDescribeTopicPartitions topics = new HandleDescribeTopicPartitions(catalog);
        HandleDescribeQuorum quorum = new HandleDescribeQuorum(catalog, cluster);
        HandleDescribeProducers producers = new HandleDescribeProducers(partitions);
        HandleDescribeLogDirs logDirs = new HandleDescribeLogDirs(partitions);
        HandleAlterReplicaLogDirs moves = new HandleAlterReplicaLogDirs(partitions);
        return List.of(
                Api.of(ApiKeys.ALTER_REPLICA_LOG_DIRS, 1, 2, AlterReplicaLogDirsRequest.class, moves),
                Api.of(ApiKeys.DESCRIBE_LOG_DIRS, 1, 5, DescribeLogDirsRequest.class, logDirs),
                Api.of(ApiKeys.DESCRIBE_QUORUM, 0, 2, DescribeQuorumRequest.class, quorum),
                Api.of(
                        ApiKeys.DESCRIBE_CLUSTER,
                        0,
                        2,
                        DescribeClusterRequest.class,
                        new HandleDescribeCluster(catalog)),
                Api.of(ApiKeys.DESCRIBE_PRODUCERS, 0, 0, DescribeProducersRequest.class, producers),
                Api.of(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, 0, DescribeTopicPartitionsRequest.class, topics));
    }

    private static List<Api<?>> cluster(CatalogSource catalog, ClusterChanges cluster) {
        HandleElectLeaders elect = new HandleElectLeaders(catalog, cluster);
        HandleAlterPartitionReassignments reassign = new HandleAlterPartitionReassignments(cluster);
        HandleListPartitionReassignments reassigning = new HandleListPartitionReassignments(catalog);
        HandleUnregisterBroker unregister = new HandleUnregisterBroker(cluster);
        HandleAddRaftVoter addVoter = new HandleAddRaftVoter(catalog, cluster);
        HandleRemoveRaftVoter removeVoter = new HandleRemoveRaftVoter(catalog, cluster);
        return List.of(
                Api.of(ApiKeys.ELECT_LEADERS, 0, 2, ElectLeadersRequest.class, elect),
                Api.of(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 0, 1, AlterPartitionReassignmentsRequest.class, reassign),
                Api.of(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        0,
                        0,
                        ListPartitionReassignmentsRequest.class,
                        reassigning),
                Api.of(ApiKeys.UPDATE_FEATURES, 0, 2, UpdateFeaturesRequest.class, new HandleUpdateFeatures(cluster)),
                Api.of(ApiKeys.UNREGISTER_BROKER, 0, 0, UnregisterBrokerRequest.class, unregister),
                Api.of(ApiKeys.ADD_RAFT_VOTER, 0, 1, AddRaftVoterRequest.class, addVoter),
                Api.of(ApiKeys.REMOVE_RAFT_VOTER, 0, 0, RemoveRaftVoterRequest.class, removeVoter));
    }

    private static List<Api<?>> withApiVersions(List<Api<?>> apis, KafkaPorts ports) {
        List<Api<?>> all = new ArrayList<>(apis);
        HandleApiVersions apiVersions =
                new HandleApiVersions(all, ports.catalog(), ports.config().nodeId());
        all.add(Api.of(ApiKeys.API_VERSIONS, 0, 5, ApiVersionsRequest.class, apiVersions)
                .ordered(Order.OVERLAPPING));
        all.sort((a, b) -> Short.compare(a.key().id, b.key().id));
        return all;
    }
}
