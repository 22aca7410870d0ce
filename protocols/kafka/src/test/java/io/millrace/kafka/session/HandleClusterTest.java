package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryCatalog;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AddRaftVoterRequest;
import org.apache.kafka.common.requests.AddRaftVoterResponse;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.RemoveRaftVoterRequest;
import org.apache.kafka.common.requests.RemoveRaftVoterResponse;
import org.apache.kafka.common.requests.UnregisterBrokerRequest;
import org.apache.kafka.common.requests.UnregisterBrokerResponse;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;
import org.junit.jupiter.api.Test;

/// What changes who does what: ElectLeaders, the reassignments, UnregisterBroker, the voters, UpdateFeatures.
class HandleClusterTest {
    private static final Uuid DISK = new Uuid(3, 4);

    private final KafkaFixture node = new KafkaFixture();

    /// The client's own builder of ElectLeaders does not say which versions it can write; the bytes do.
    private ElectLeadersResponseData elect(ElectLeadersRequestData data, int version) {
        ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(data, (short) version);
        return node.call(ElectLeadersRequest.parse(bytes, (short) version), ElectLeadersResponse.class)
                .data();
    }

    private static ElectLeadersRequestData elections(int type, String topic, Integer... partitions) {
        ElectLeadersRequestData data = new ElectLeadersRequestData().setElectionType((byte) type);
        data.topicPartitions().add(new TopicPartitions().setTopic(topic).setPartitions(List.of(partitions)));
        return data;
    }

    @Test
    void electsEachPartitionByItself() {
        for (short version : KafkaFixture.versions(ApiKeys.ELECT_LEADERS, 0, 2)) {
            node.cluster.answerWith(
                    Outcome.OK, Outcome.refused(ErrorKind.PREFERRED_LEADER_NOT_AVAILABLE, "not in sync"));

            List<PartitionResult> results = elect(elections(0, "orders", 0, 1), version)
                    .replicaElectionResults()
                    .getFirst()
                    .partitionResult();

            assertThat(results.getFirst().errorCode()).isZero();
            assertThat(results.getLast().errorCode()).isEqualTo(Errors.PREFERRED_LEADER_NOT_AVAILABLE.code());
            assertThat(results.getLast().errorMessage()).isEqualTo("not in sync");
        }
        assertThat(node.cluster.asked()).contains(new PartitionRef("orders", 0), new PartitionRef("orders", 1));
    }

    @Test
    void anUnknownKindOfElectionIsRefused() {
        assertThat(elect(elections(7, "orders", 0), 2).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(node.cluster.asked()).isEmpty();
    }

    @Test
    void allPartitionsMeansThoseThatNeedIt() {
        TopicView topic = moved();
        node.cluster.answerWith(Outcome.refused(ErrorKind.ELECTION_NOT_NEEDED, ""));

        ElectLeadersResponseData answer = elect(new ElectLeadersRequestData().setTopicPartitions(null), 2);

        assertThat(node.cluster.asked()).containsExactly(new PartitionRef(topic.name(), 1));
        assertThat(answer.replicaElectionResults()).isEmpty();
    }

    /// Partition 0 is as it was made; partition 1 is led by its second replica and being moved.
    private TopicView moved() {
        node.topic("orders", 1);
        TopicView made = node.catalog.current().topic("orders").orElseThrow();
        TopicView moved = new TopicView(
                made.name(),
                made.id(),
                made.internal(),
                List.of(
                        made.partitions().getFirst(),
                        new PartitionView(
                                1,
                                1,
                                5,
                                6,
                                List.of(3, 1, 2),
                                List.of(1, 2),
                                List.of(),
                                List.of(),
                                List.of(3),
                                List.of(2))),
                made.overrides(),
                made.settings());
        node.catalog.putTopic(moved);
        return moved;
    }

    private List<ReassignablePartitionResponse> reassign(int version, boolean changeFactor) {
        AlterPartitionReassignmentsRequestData data = new AlterPartitionReassignmentsRequestData();
        if (version > 0) {
            data.setAllowReplicationFactorChange(changeFactor);
        }
        data.topics()
                .add(new ReassignableTopic()
                        .setName("orders")
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(List.of(2, 3)),
                                new ReassignablePartition().setPartitionIndex(1).setReplicas(null))));
        AlterPartitionReassignmentsRequest request =
                new AlterPartitionReassignmentsRequest.Builder(data).build((short) version);
        return node.call(request, AlterPartitionReassignmentsResponse.class)
                .data()
                .responses()
                .getFirst()
                .partitions();
    }

    @Test
    void reassignsAndCancels() {
        for (short version : KafkaFixture.versions(ApiKeys.ALTER_PARTITION_REASSIGNMENTS, 0, 1)) {
            node.cluster.answerWith(Outcome.OK, Outcome.refused(ErrorKind.NO_REASSIGNMENT_IN_PROGRESS, ""));

            List<ReassignablePartitionResponse> answers = reassign(version, true);

            assertThat(answers.getFirst().errorCode()).isZero();
            assertThat(answers.getLast().errorCode()).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS.code());
            assertThat(answers.getLast().errorMessage()).isEqualTo(Errors.NO_REASSIGNMENT_IN_PROGRESS.message());
        }
        assertThat(node.cluster.asked())
                .contains(
                        new Reassignment("orders", 0, Optional.of(List.of(2, 3))),
                        new Reassignment("orders", 1, Optional.empty()));
    }

    private List<OngoingTopicReassignment> reassignments(ListPartitionReassignmentsRequestData data) {
        return node.call(
                        new ListPartitionReassignmentsRequest.Builder(data).build((short) 0),
                        ListPartitionReassignmentsResponse.class)
                .data()
                .topics();
    }

    @Test
    void listsWhatIsBeingMoved() {
        moved();

        List<OngoingTopicReassignment> all = reassignments(new ListPartitionReassignmentsRequestData().setTopics(null));

        assertThat(all).singleElement().satisfies(topic -> {
            assertThat(topic.name()).isEqualTo("orders");
            assertThat(topic.partitions()).singleElement().satisfies(partition -> {
                assertThat(partition.partitionIndex()).isEqualTo(1);
                assertThat(partition.replicas()).containsExactly(3, 1, 2);
                assertThat(partition.addingReplicas()).containsExactly(3);
                assertThat(partition.removingReplicas()).containsExactly(2);
            });
        });
        assertThat(reassignments(asked("orders", 0))).isEmpty();
        assertThat(reassignments(asked("nothing", 0))).isEmpty();
        assertThat(reassignments(asked("orders", 1))).hasSize(1);
    }

    private static ListPartitionReassignmentsRequestData asked(String topic, int partition) {
        return new ListPartitionReassignmentsRequestData()
                .setTopics(List.of(
                        new ListPartitionReassignmentsTopics().setName(topic).setPartitionIndexes(List.of(partition))));
    }

    @Test
    void unregistersANode() {
        node.cluster.answerWith(Outcome.refused(ErrorKind.NODE_NOT_REGISTERED, "gone already"));
        UnregisterBrokerRequest request =
                new UnregisterBrokerRequest.Builder(new UnregisterBrokerRequestData().setBrokerId(9)).build((short) 0);

        UnregisterBrokerResponse answer = node.call(request, UnregisterBrokerResponse.class);

        assertThat(answer.data().errorCode()).isEqualTo(Errors.BROKER_ID_NOT_REGISTERED.code());
        assertThat(answer.data().errorMessage()).isEqualTo("gone already");
        assertThat(node.cluster.asked()).containsExactly(9);
    }

    private short addVoter(String clusterId, int version) {
        AddRaftVoterRequestData data = new AddRaftVoterRequestData()
                .setClusterId(clusterId)
                .setVoterId(4)
                .setVoterDirectoryId(DISK);
        data.listeners()
                .add(new AddRaftVoterRequestData.Listener()
                        .setName("CLUSTER")
                        .setHost("four")
                        .setPort(9190));
        return node.call(new AddRaftVoterRequest.Builder(data).build((short) version), AddRaftVoterResponse.class)
                .data()
                .errorCode();
    }

    @Test
    void addsAVoterOfThisClusterOnly() {
        Voter voter = new Voter(
                4, new TopicId(3, 4), List.of(new NodeView.Endpoint(NodeView.CLUSTER_LISTENER, "four", 9190)));
        for (short version : KafkaFixture.versions(ApiKeys.ADD_RAFT_VOTER, 0, 1)) {
            assertThat(addVoter(MemoryCatalog.CLUSTER_ID, version)).isZero();
        }
        node.cluster.answerWith(Outcome.refused(ErrorKind.DUPLICATE_VOTER, ""));
        assertThat(addVoter(MemoryCatalog.CLUSTER_ID, 1)).isEqualTo(Errors.DUPLICATE_VOTER.code());
        assertThat(node.cluster.asked()).containsOnly(voter).hasSize(3);

        assertThat(addVoter("somebody-else", 1)).isEqualTo(Errors.INCONSISTENT_CLUSTER_ID.code());
        assertThat(node.cluster.asked()).hasSize(3);
    }

    @Test
    void removesAVoter() {
        node.cluster.answerWith(Outcome.refused(ErrorKind.VOTER_NOT_FOUND, ""));
        RemoveRaftVoterRequestData data = new RemoveRaftVoterRequestData()
                .setClusterId(null)
                .setVoterId(4)
                .setVoterDirectoryId(DISK);

        RemoveRaftVoterResponse answer =
                node.call(new RemoveRaftVoterRequest.Builder(data).build((short) 0), RemoveRaftVoterResponse.class);

        assertThat(answer.data().errorCode()).isEqualTo(Errors.VOTER_NOT_FOUND.code());
        assertThat(node.cluster.asked()).containsExactly(4);
    }

    private UpdateFeaturesResponseData update(int version) {
        FeatureUpdateKey update =
                new FeatureUpdateKey().setFeature("metadata.version").setMaxVersionLevel((short) 30);
        if (version == 0) {
            update.setAllowDowngrade(true);
        } else {
            update.setUpgradeType((byte) 2);
        }
        UpdateFeaturesRequestData data = new UpdateFeaturesRequestData();
        data.featureUpdates().add(update);
        return node.call(new UpdateFeaturesRequest.Builder(data).build((short) version), UpdateFeaturesResponse.class)
                .data();
    }

    @Test
    void movesFeatureLevels() {
        for (short version : KafkaFixture.versions(ApiKeys.UPDATE_FEATURES, 0, 2)) {
            UpdateFeaturesResponseData answer = update(version);

            assertThat(answer.errorCode()).isZero();
            assertThat(answer.results()).hasSize(version < 2 ? 1 : 0);
        }
        assertThat(node.cluster.asked())
                .containsExactly(
                        new FeatureChange("metadata.version", 30, true, true),
                        new FeatureChange("metadata.version", 30, true, false),
                        new FeatureChange("metadata.version", 30, true, false));
        node.cluster.answerWith(Outcome.refused(ErrorKind.INVALID_UPDATE_VERSION, "too high"));
        assertThat(update(2).errorCode()).isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
    }
}
