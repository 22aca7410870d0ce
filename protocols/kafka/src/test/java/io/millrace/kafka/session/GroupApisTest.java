package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.CoordinatorEvents;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupConfig;
import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.GroupEvent;
import io.millrace.broker.group.Groups;
import io.millrace.broker.group.ListGroups;
import io.millrace.broker.group.ShardHome;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.mapping.ConsumerSubscriptions;
import io.millrace.kafka.mapping.OffsetsTopicCodec;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The group APIs with a real coordinator behind them, through real bytes in every version.
class GroupApisTest {
    private static final String GROUP = "group";

    private final LateGroups groups = new LateGroups();
    private final List<KafkaFixture> fixtures = new ArrayList<>();
    private final KafkaFixture kafka = new KafkaFixture(
            KafkaConfig.defaults(1),
            GroupApis.of(groups, () -> fixtures.get(0).catalog.current()));
    private final ManualLoop loop = new ManualLoop(kafka.clock);

    /// The fixture needs the handlers before there is a coordinator.
    private static final class LateGroups implements Groups {
        private final List<Groups> real = new ArrayList<>();

        @Override
        public <R> void submit(GroupCommand<R> command, Consumer<R> answer) {
            real.get(0).submit(command, answer);
        }

        @Override
        public void list(ListGroups query, Consumer<ListGroups.Reply> answer) {
            real.get(0).list(query, answer);
        }

        @Override
        public void findCoordinator(String groupId, Consumer<Coordinator> answer) {
            real.get(0).findCoordinator(groupId, answer);
        }
    }

    private static final class Silent implements CoordinatorEvents {
        @Override
        public void group(GroupEvent event) {}

        @Override
        public void loaded(TopicPartition partition, int groups, int offsets, Map<String, Integer> skipped) {}

        @Override
        public void loadFailed(TopicPartition partition, ErrorKind error) {}

        @Override
        public void unloaded(TopicPartition partition, String why) {}
    }

    @BeforeEach
    void start() {
        fixtures.add(kafka);
        kafka.topic(GroupCoordinator.OFFSETS_TOPIC, 3);
        kafka.topic("orders", 2);
        GroupCoordinator coordinator = new GroupCoordinator(new GroupCoordinator.Parts(
                1,
                1,
                GroupConfig.DEFAULT.withInitialRebalanceDelayMs(0),
                kafka.catalog,
                partition -> new ShardHome(loop, kafka.partitions, () -> true),
                kafka.clock,
                new SeededRandomness(1),
                new OffsetsTopicCodec(),
                new ConsumerSubscriptions(),
                new Silent()));
        coordinator.loadAll();
        groups.real.add(coordinator.groupsFor(loop, kafka.catalog));
        loop.runReady();
    }

    private <R extends AbstractResponse> R call(AbstractRequest request, Class<R> type) {
        loop.call(() -> {
            kafka.send(request);
            return this;
        });
        return kafka.receive(type);
    }

    private static short version(ApiKeys key, int wanted) {
        return (short) Math.max(key.oldestVersion(), Math.min(wanted, key.latestVersion()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void wholeLifeOfAGroupInEveryVersion(int version) {
        JoinGroupResponseData joined = join(version, "");
        if (joined.errorCode() == Errors.MEMBER_ID_REQUIRED.code()) {
            assertThat(version).isGreaterThanOrEqualTo(4);
            joined = join(version, joined.memberId());
        }
        String member = joined.memberId();
        assertThat(Errors.forCode(joined.errorCode())).isEqualTo(Errors.NONE);
        assertThat(joined.leader()).isEqualTo(member);
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.members()).hasSize(1);

        SyncGroupResponseData synced = sync(version, member, 1);
        assertThat(synced.assignment()).containsExactly(7);
        assertThat(heartbeat(version, member, 1)).isEqualTo(Errors.NONE);

        assertThat(commit(version, member, 1, 42)).isEqualTo(Errors.NONE);
        assertThat(fetched(version)).isEqualTo(42);
        assertThat(describe(version, GROUP).members()).hasSize(1);

        assertThat(leave(version, member)).isEqualTo(Errors.NONE);
        assertThat(describe(version, GROUP).groupState()).isEqualTo("Empty");
        assertThat(list(version).data().groups()).hasSize(1);
        assertThat(delete(version).get(GROUP)).isEqualTo(Errors.NONE);
        assertThat(fetched(version)).isEqualTo(-1);
    }

    private JoinGroupResponseData join(int version, String memberId) {
        ByteBuffer subscription = ConsumerProtocol.serializeSubscription(new Subscription(List.of("orders")));
        byte[] metadata = new byte[subscription.remaining()];
        subscription.get(metadata);
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(metadata));
        JoinGroupRequestData data = new JoinGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(60_000)
                .setProtocolType("consumer")
                .setProtocols(protocols);
        short of = version(ApiKeys.JOIN_GROUP, version);
        return call(new JoinGroupRequest.Builder(data).build(of), JoinGroupResponse.class)
                .data();
    }

    private SyncGroupResponseData sync(int version, String member, int generation) {
        SyncGroupRequestData data = new SyncGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(member)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(List.of(
                        new SyncGroupRequestAssignment().setMemberId(member).setAssignment(new byte[] {7})));
        short of = version(ApiKeys.SYNC_GROUP, version);
        return call(new SyncGroupRequest.Builder(data).build(of), SyncGroupResponse.class)
                .data();
    }

    private Errors heartbeat(int version, String member, int generation) {
        HeartbeatRequestData data =
                new HeartbeatRequestData().setGroupId(GROUP).setMemberId(member).setGenerationId(generation);
        short of = version(ApiKeys.HEARTBEAT, version);
        return call(new HeartbeatRequest.Builder(data).build(of), HeartbeatResponse.class)
                .error();
    }

    private Errors leave(int version, String member) {
        short of = version(ApiKeys.LEAVE_GROUP, version);
        var request = new LeaveGroupRequest.Builder(GROUP, List.of(new MemberIdentity().setMemberId(member))).build(of);
        return call(request, LeaveGroupResponse.class).error();
    }

    private Errors commit(int version, String member, int generation, long offset) {
        short of = version(ApiKeys.OFFSET_COMMIT, version);
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestPartition()
                        .setPartitionIndex(1)
                        .setCommittedOffset(offset)
                        .setCommittedMetadata(null)));
        if (of >= 10) {
            topic.setTopicId(ordersId());
        } else {
            topic.setName("orders");
        }
        OffsetCommitRequestData data = new OffsetCommitRequestData()
                .setGroupId(GROUP)
                .setMemberId(member)
                .setGenerationIdOrMemberEpoch(generation)
                .setTopics(List.of(topic));
        return onlyError(call(new OffsetCommitRequest(data, of), OffsetCommitResponse.class));
    }

    private static Errors onlyError(OffsetCommitResponse response) {
        return Errors.forCode(
                response.data().topics().get(0).partitions().get(0).errorCode());
    }

    private Uuid ordersId() {
        return Uuids.of(kafka.catalog.current().topic("orders").orElseThrow().id());
    }

    private long fetched(int version) {
        short of = version(ApiKeys.OFFSET_FETCH, version);
        OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(1));
        OffsetFetchRequestTopics asked = of >= 10 ? topic.setTopicId(ordersId()) : topic.setName("orders");
        return fetch(of, List.of(asked)).topics().get(0).partitions().get(0).committedOffset();
    }

    private OffsetFetchResponseGroup fetch(short version, @Nullable List<OffsetFetchRequestTopics> topics) {
        OffsetFetchRequestData data = new OffsetFetchRequestData()
                .setGroups(
                        List.of(new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(topics)));
        var request = OffsetFetchRequest.Builder.forTopicIdsOrNames(data, false).build(version);
        return call(request, OffsetFetchResponse.class).group(GROUP);
    }

    private DescribedGroup describe(int version, String groupId) {
        short of = version(ApiKeys.DESCRIBE_GROUPS, version);
        DescribeGroupsRequestData data =
                new DescribeGroupsRequestData().setGroups(List.of(groupId)).setIncludeAuthorizedOperations(of >= 3);
        return call(new DescribeGroupsRequest.Builder(data).build(of), DescribeGroupsResponse.class)
                .data()
                .groups()
                .get(0);
    }

    private ListGroupsResponse list(int version) {
        short of = version(ApiKeys.LIST_GROUPS, version);
        ListGroupsRequestData data = new ListGroupsRequestData();
        if (of >= 4) {
            data.setStatesFilter(List.of("Empty", "Stable"));
        }
        if (of >= 5) {
            data.setTypesFilter(List.of("classic"));
        }
        return call(new ListGroupsRequest.Builder(data).build(of), ListGroupsResponse.class);
    }

    private DeleteGroupsResponse delete(int version) {
        DeleteGroupsRequestData data = new DeleteGroupsRequestData().setGroupsNames(List.of(GROUP));
        short of = version(ApiKeys.DELETE_GROUPS, version);
        return call(new DeleteGroupsRequest.Builder(data).build(of), DeleteGroupsResponse.class);
    }

    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2, 3, 4, 5, 6})
    void coordinatorIsFoundInEveryVersion(short version) {
        FindCoordinatorRequestData data = version >= 4
                ? new FindCoordinatorRequestData().setCoordinatorKeys(List.of("a", "b"))
                : new FindCoordinatorRequestData().setKey("a");

        FindCoordinatorResponse response =
                call(new FindCoordinatorRequest.Builder(data).build(version), FindCoordinatorResponse.class);

        if (version >= 4) {
            assertThat(response.coordinators()).hasSize(2).allMatch(one -> one.nodeId() == 1 && one.port() == 9092);
        } else {
            assertThat(response.node().id()).isEqualTo(1);
            assertThat(response.node().host()).isEqualTo("localhost");
        }
    }

    @Test
    void transactionCoordinatorIsRefusedAtOnce() {
        FindCoordinatorRequestData data =
                new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of("transaction"));

        FindCoordinatorResponse response =
                call(new FindCoordinatorRequest.Builder(data).build((short) 4), FindCoordinatorResponse.class);

        assertThat(response.coordinators().get(0).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void missingGroupIsDeadUntilV5AndAnErrorFromV6() { // KIP-1043
        assertThat(describe(5, "nobody").errorCode()).isZero();
        assertThat(describe(5, "nobody").groupState()).isEqualTo("Dead");
        assertThat(Errors.forCode(describe(6, "nobody").errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(describe(6, "nobody").errorMessage()).contains("nobody");
    }

    @Test
    void commitsForWhatDoesNotExistAreRefused() {
        OffsetCommitRequestPartition partition = new OffsetCommitRequestPartition().setPartitionIndex(2);
        OffsetCommitRequestData byName = new OffsetCommitRequestData()
                .setGroupId(GROUP)
                .setTopics(
                        List.of(new OffsetCommitRequestTopic().setName("orders").setPartitions(List.of(partition))));
        OffsetCommitRequestData byId = new OffsetCommitRequestData()
                .setGroupId(GROUP)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setTopicId(new Uuid(1, 2))
                        .setPartitions(List.of(partition.duplicate()))));

        assertThat(onlyError(call(new OffsetCommitRequest(byName, (short) 9), OffsetCommitResponse.class)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(onlyError(call(new OffsetCommitRequest(byId, (short) 10), OffsetCommitResponse.class)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void everythingIsFetchedByNameAndById() {
        assertThat(commit(9, "", -1, 42)).isEqualTo(Errors.NONE);

        assertThat(fetch((short) 8, null).topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.name()).isEqualTo("orders"));
        assertThat(fetch((short) 10, null).topics())
                .singleElement()
                .satisfies(topic -> assertThat(topic.topicId()).isEqualTo(ordersId()));
        kafka.catalog.removeTopic("orders");
        assertThat(fetch((short) 8, null).topics()).hasSize(1);
        assertThat(fetch((short) 10, null).topics()).isEmpty();
    }

    @Test
    void fetchByAnUnknownIdSaysSo() {
        var asked = new OffsetFetchRequestTopics().setTopicId(new Uuid(1, 2)).setPartitionIndexes(List.of(0));

        var partition =
                fetch((short) 10, List.of(asked)).topics().get(0).partitions().get(0);

        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
        assertThat(partition.committedOffset()).isEqualTo(-1);
    }

    @Test
    void syncMustNameItsProtocolFromV5() { // KIP-559
        SyncGroupRequestData data =
                new SyncGroupRequestData().setGroupId(GROUP).setMemberId("m").setGenerationId(1);

        SyncGroupResponse response = call(new SyncGroupRequest.Builder(data).build((short) 5), SyncGroupResponse.class);

        assertThat(response.error()).isEqualTo(Errors.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void positionsAreDeleted() {
        commit(9, "", -1, 42);
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        topics.add(new OffsetDeleteRequestTopic()
                .setName("orders")
                .setPartitions(List.of(
                        new OffsetDeleteRequestPartition().setPartitionIndex(1),
                        new OffsetDeleteRequestPartition().setPartitionIndex(9))));
        OffsetDeleteRequestData data =
                new OffsetDeleteRequestData().setGroupId(GROUP).setTopics(topics);

        OffsetDeleteResponse response =
                call(new OffsetDeleteRequest.Builder(data).build((short) 0), OffsetDeleteResponse.class);

        var parts = response.data().topics().find("orders").partitions();
        assertThat(Errors.forCode(parts.find(1).errorCode())).isEqualTo(Errors.NONE);
        assertThat(Errors.forCode(parts.find(9).errorCode())).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(fetched(9)).isEqualTo(-1);
    }

    @Test
    void deletingWhatIsNotThereSaysWhyFromV3() {
        DeleteGroupsResponse response = delete(3);

        assertThat(response.get(GROUP)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        assertThat(response.data().results().find(GROUP).errorMessage()).isNotEmpty();
    }
}
