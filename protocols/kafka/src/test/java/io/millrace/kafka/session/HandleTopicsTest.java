package io.millrace.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.kafka.KafkaFixture;
import io.millrace.kafka.mapping.Uuids;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.junit.jupiter.api.Test;

/// CreateTopics, DeleteTopics and CreatePartitions.
class HandleTopicsTest {
    private final KafkaFixture node = new KafkaFixture();

    private static CreatableTopic topic(String name) {
        return new CreatableTopic().setName(name).setNumPartitions(3).setReplicationFactor((short) 1);
    }

    private CreatableTopicResult create(CreatableTopic topic, int version) {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        data.topics().add(topic);
        return node.call(new CreateTopicsRequest.Builder(data).build((short) version), CreateTopicsResponse.class)
                .data()
                .topics()
                .find(topic.name());
    }

    private Errors errorOfCreate(CreatableTopic topic) {
        return Errors.forCode(create(topic, 7).errorCode());
    }

    @Test
    void everyVersionCreates() {
        for (short version : KafkaFixture.versions(ApiKeys.CREATE_TOPICS, 2, 7)) {
            assertThat(create(topic("t" + version), version).errorCode())
                    .as("v" + version)
                    .isZero();
            assertThat(node.catalog.current().topic("t" + version)).isPresent();
        }
    }

    @Test
    void theAnswerShowsTheTopic() {
        CreatableTopicResult answer = create(topic("orders"), 7);

        assertThat(answer.numPartitions()).isEqualTo(3);
        assertThat(answer.replicationFactor()).isEqualTo((short) 1);
        assertThat(answer.topicId())
                .isEqualTo(Uuids.of(
                        node.catalog.current().topic("orders").orElseThrow().id()));
    }

    @Test
    void theAnswerShowsTheSettings() {
        ConfigEntry entry = new ConfigEntry(
                "retention.ms",
                "5",
                ConfigEntry.Source.DYNAMIC_TOPIC,
                ConfigEntry.Type.LONG,
                false,
                false,
                List.of(),
                "");
        node.catalog.setConfigs(new ConfigResource(ConfigResource.Kind.TOPIC, "orders"), List.of(entry));

        CreatableTopicResult answer = create(topic("orders"), 5);

        assertThat(answer.configs().getFirst().name()).isEqualTo("retention.ms");
        assertThat(answer.configs().getFirst().configSource()).isEqualTo((byte) 1);
    }

    @Test
    void validatingOnlyCreatesNothing() {
        CreateTopicsRequestData data = new CreateTopicsRequestData().setValidateOnly(true);
        data.topics().add(topic("orders"));

        CreateTopicsResponse answer =
                node.call(new CreateTopicsRequest.Builder(data).build((short) 7), CreateTopicsResponse.class);

        assertThat(answer.data().topics().find("orders").errorCode()).isZero();
        assertThat(node.catalog.current().topic("orders")).isEmpty();
    }

    @Test
    void whatMakesNoSenseIsRefusedTopicByTopic() {
        assertThat(errorOfCreate(topic("no spaces"))).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(errorOfCreate(topic("a").setNumPartitions(0))).isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(errorOfCreate(topic("a").setReplicationFactor((short) 0)))
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(errorOfCreate(topic("a").setReplicationFactor((short) 3)))
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        CreatableTopic both = topic("a");
        both.assignments()
                .add(new CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(1)));
        assertThat(errorOfCreate(both)).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(errorOfCreate(topic("a"))).isEqualTo(Errors.NONE);
        assertThat(errorOfCreate(topic("a"))).isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void aNameAskedTwiceIsRefusedAndTheOthersAreCreated() {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        data.topics().add(topic("twice"));
        data.topics().add(topic("once"));
        data.topics().mustAdd(topic("twice"));

        CreateTopicsResponse answer =
                node.call(new CreateTopicsRequest.Builder(data).build((short) 7), CreateTopicsResponse.class);

        assertThat(answer.data().topics().find("twice").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(answer.data().topics().find("once").errorCode()).isZero();
        assertThat(node.catalog.current().topic("twice")).isEmpty();
    }

    private DeleteTopicsResponseData delete(DeleteTopicsRequestData data, int version) {
        return node.call(new DeleteTopicsRequest.Builder(data).build((short) version), DeleteTopicsResponse.class)
                .data();
    }

    @Test
    void deletesByNameInEveryVersion() {
        for (short version : KafkaFixture.versions(ApiKeys.DELETE_TOPICS, 1, 6)) {
            node.topic("orders", 1);
            DeleteTopicsRequestData data = version < 6
                    ? new DeleteTopicsRequestData().setTopicNames(List.of("orders", "nowhere"))
                    : new DeleteTopicsRequestData()
                            .setTopics(List.of(
                                    new DeleteTopicState().setName("orders"),
                                    new DeleteTopicState().setName("nowhere")));

            DeleteTopicsResponseData answer = delete(data, version);

            assertThat(answer.responses().find("orders").errorCode()).isZero();
            assertThat(answer.responses().find("nowhere").errorCode())
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(node.catalog.current().topic("orders")).isEmpty();
        }
    }

    @Test
    void deletesById() {
        node.topic("orders", 1);
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        DeleteTopicsRequestData data = new DeleteTopicsRequestData()
                .setTopics(List.of(
                        new DeleteTopicState().setName(null).setTopicId(id),
                        new DeleteTopicState().setName(null).setTopicId(new Uuid(4, 4))));

        List<DeletableTopicResult> answers = List.copyOf(delete(data, 6).responses());

        assertThat(answers.get(0).name()).isEqualTo("orders");
        assertThat(answers.get(0).errorCode()).isZero();
        assertThat(answers.get(1).name()).isNull();
        assertThat(answers.get(1).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void aDeletionNamesExactlyOnceWhatItMeans() {
        node.topic("orders", 1);
        Uuid id = Uuids.of(node.catalog.current().topic("orders").orElseThrow().id());
        DeleteTopicsRequestData both = new DeleteTopicsRequestData()
                .setTopics(List.of(new DeleteTopicState().setName("orders").setTopicId(id)));

        assertThat(delete(both, 6).responses().find("orders").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(node.catalog.current().topic("orders")).isPresent();
    }

    @Test
    void addsPartitions() {
        for (short version : KafkaFixture.versions(ApiKeys.CREATE_PARTITIONS, 0, 3)) {
            node.topic("orders", 1);
            CreatePartitionsRequestData data = new CreatePartitionsRequestData();
            data.topics().add(new CreatePartitionsTopic().setName("orders").setCount(4));
            data.topics().add(new CreatePartitionsTopic().setName("nowhere").setCount(4));

            List<CreatePartitionsTopicResult> answers = node.call(
                            new CreatePartitionsRequest.Builder(data).build(version), CreatePartitionsResponse.class)
                    .data()
                    .results();

            assertThat(answers)
                    .extracting(CreatePartitionsTopicResult::errorCode)
                    .containsExactly(Errors.NONE.code(), Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
            assertThat(node.catalog.current().topic("orders").orElseThrow().partitions())
                    .hasSize(4);
        }
    }
}
