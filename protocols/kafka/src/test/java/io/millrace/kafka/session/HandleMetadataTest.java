package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.MemoryCatalog;
import io.millrace.kafka.mapping.Operations;
import io.millrace.kafka.mapping.Uuids;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.junit.jupiter.api.Test;

class HandleMetadataTest {
    private final KafkaFixture node = new KafkaFixture();

    private MetadataResponseData ask(MetadataRequestData data, int version) {
        return node.call(new MetadataRequest(data, (short) version), MetadataResponse.class)
                .data();
    }

    private static MetadataRequestData named(String... names) {
        List<MetadataRequestTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(new MetadataRequestTopic().setName(name));
        }
        return new MetadataRequestData().setTopics(topics);
    }

    private static List<String> shown(MetadataResponseData data) {
        List<String> shown = new ArrayList<>();
        for (MetadataResponseTopic topic : data.topics()) {
            shown.add(topic.name() + " " + Errors.forCode(topic.errorCode()) + " "
                    + topic.partitions().size());
        }
        return shown;
    }

    @Test
    void everyVersionListsNodesAndTopics() {
        node.topic("orders", 2);
        for (short version : KafkaFixture.versions(ApiKeys.METADATA, 0, 13)) {
            MetadataResponseData answer = ask(named("orders"), version);

            MetadataResponseBroker broker = answer.brokers().find(1);
            assertThat(broker.host() + ":" + broker.port()).as("v" + version).isEqualTo("localhost:9092");
            assertThat(shown(answer)).as("v" + version).containsExactly("orders NONE 2");
        }
    }

    @Test
    void allTopicsAreNullFromVersion1AndEmptyInVersion0() {
        node.topic("orders", 2);
        node.topic("bills", 1);
        MetadataRequestData all = new MetadataRequestData().setTopics(null);

        assertThat(shown(ask(all, 12))).containsExactly("bills NONE 1", "orders NONE 2");
        assertThat(shown(ask(named(), 0))).containsExactly("bills NONE 1", "orders NONE 2");
        assertThat(shown(ask(named(), 1))).isEmpty();
    }

    @Test
    void leaderEpochReplicasAndClusterAreTold() {
        node.topic("orders", 1);

        MetadataResponseData answer = ask(named("orders"), 13);

        MetadataResponseData.MetadataResponsePartition partition =
                answer.topics().iterator().next().partitions().getFirst();
        assertThat(partition.leaderId()).isEqualTo(1);
        assertThat(partition.leaderEpoch()).isEqualTo(5);
        assertThat(partition.replicaNodes()).containsExactly(1);
        assertThat(answer.clusterId()).isEqualTo(MemoryCatalog.CLUSTER_ID);
        assertThat(answer.controllerId()).isEqualTo(1);
    }

    @Test
    void aMissingTopicIsMadeAndAnsweredAtOnce() {
        MetadataResponseData answer = ask(named("fresh"), 9);

        assertThat(shown(answer)).containsExactly("fresh NONE 1");
    }

    @Test
    void aMissingTopicIsAnsweredOnlyWhenItExists() {
        node.catalog.hold();
        node.send(new MetadataRequest(named("fresh"), (short) 9));
        assertThat(node.connection.unread()).isZero();

        node.catalog.answer();

        assertThat(shown(node.receive(MetadataResponse.class).data())).containsExactly("fresh NONE 1");
    }

    @Test
    void nothingIsMadeForAClientThatForbidsIt() {
        MetadataResponseData answer = ask(named("fresh").setAllowAutoTopicCreation(false), 9);

        assertThat(shown(answer)).containsExactly("fresh UNKNOWN_TOPIC_OR_PARTITION 0");
    }

    @Test
    void nothingIsMadeOnANodeThatForbidsIt() {
        KafkaFixture strict = new KafkaFixture(new KafkaConfig(1, false, 5, 1 << 20, 10, 10), List.of());

        MetadataResponseData answer = strict.call(
                        new MetadataRequest(named("fresh"), (short) 9), MetadataResponse.class)
                .data();

        assertThat(shown(answer)).containsExactly("fresh UNKNOWN_TOPIC_OR_PARTITION 0");
    }

    @Test
    void internalTopicsAreNotMadeOnTheWay() {
        assertThat(shown(ask(named("__consumer_offsets"), 9)))
                .containsExactly("__consumer_offsets UNKNOWN_TOPIC_OR_PARTITION 0");
    }

    @Test
    void namesKafkaRefusesAreRefused() {
        assertThat(shown(ask(named("no spaces", "..", "x".repeat(250)), 9)))
                .containsExactly(
                        "no spaces INVALID_TOPIC_EXCEPTION 0",
                        ".. INVALID_TOPIC_EXCEPTION 0",
                        "x".repeat(250) + " INVALID_TOPIC_EXCEPTION 0");
    }

    @Test
    void version12AsksByIdToo() {
        node.topic("orders", 2);
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        MetadataRequestData byId = new MetadataRequestData()
                .setTopics(List.of(
                        new MetadataRequestTopic().setName(null).setTopicId(id),
                        new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, 1))));

        assertThat(shown(ask(byId, 12))).containsExactly("orders NONE 2", "null UNKNOWN_TOPIC_ID 0");
    }

    @Test
    void aPartitionWithoutLeaderSaysSoAndDeadReplicasAreOffline() {
        node.catalog.addNode(new NodeView(2, "", true, List.of(new NodeView.Endpoint("kafka", "dead", 1))));
        TopicView topic = node.catalog.addTopic("orders", 1);
        PartitionView leaderless =
                new PartitionView(0, PartitionView.NO_LEADER, 6, 1, List.of(2, 1), List.of(2), List.of(), List.of());
        node.catalog.putTopic(new TopicView(
                topic.name(), topic.id(), false, List.of(leaderless), topic.overrides(), topic.settings()));

        MetadataResponseData answer = ask(named("orders"), 9);

        MetadataResponseData.MetadataResponsePartition partition =
                answer.topics().iterator().next().partitions().getFirst();
        assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(partition.leaderId()).isEqualTo(-1);
        assertThat(partition.offlineReplicas()).containsExactly(2);
        assertThat(answer.brokers()).hasSize(1);
    }

    @Test
    void operationsAreToldOnlyWhenAsked() {
        node.topic("orders", 1);
        MetadataRequestData asking = named("orders").setIncludeTopicAuthorizedOperations(true);
        MetadataRequestData askingForAll = named("orders").setIncludeClusterAuthorizedOperations(true);

        assertThat(ask(askingForAll, 8).clusterAuthorizedOperations()).isEqualTo(Operations.CLUSTER);
        assertThat(ask(asking, 13).topics().find("orders").topicAuthorizedOperations())
                .isEqualTo(Operations.TOPIC);
        assertThat(ask(named("orders"), 13).topics().find("orders").topicAuthorizedOperations())
                .isEqualTo(Operations.OMITTED);
    }
}
