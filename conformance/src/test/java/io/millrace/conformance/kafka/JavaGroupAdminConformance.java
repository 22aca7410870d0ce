package io.millrace.conformance.kafka;

import static io.millrace.conformance.kafka.JavaClients.fresh;
import static io.millrace.conformance.kafka.JavaClients.get;
import static io.millrace.conformance.kafka.JavaClients.pollUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.SharedBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Groups and their offsets through the Java Admin client 4.4.0.
@ExtendWith(SharedBroker.class)
final class JavaGroupAdminConformance {
    private static final Duration SOON = Duration.ofSeconds(40);
    private final JavaClients clients;
    private final Admin admin;
    private final String topic;
    private final String group = fresh("admin-group");
    private final TopicPartition zero;
    private final TopicPartition one;

    JavaGroupAdminConformance(BrokerUnderTest broker) {
        clients = new JavaClients(broker.bootstrap());
        admin = clients.admin();
        topic = clients.topic("group-admin", 2, Map.of());
        zero = new TopicPartition(topic, 0);
        one = new TopicPartition(topic, 1);
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private KafkaConsumer<String, String> joined(Map<String, Object> overrides) {
        var config = new HashMap<String, Object>(Map.of("group.id", group, "client.id", "member"));
        config.putAll(overrides);
        KafkaConsumer<String, String> consumer = clients.consumer(config);
        consumer.subscribe(List.of(topic));
        pollUntil(() -> consumer.assignment().size() == 2, r -> {}, List.of(consumer));
        return consumer;
    }

    private ConsumerGroupDescription describe() {
        return get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets() {
        return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group));
    }

    @Test
    void aStableGroupShowsItsMembers() {
        try (var consumer = joined(Map.of("group.instance.id", "instance"))) {
            ConsumerGroupDescription description = describe();

            assertThat(description.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(description.type()).isEqualTo(GroupType.CLASSIC);
            assertThat(description.partitionAssignor()).isEqualTo("range");
            assertThat(description.coordinator().host()).isEqualTo("127.0.0.1");
            MemberDescription member = description.members().iterator().next();
            assertThat(member.clientId()).isEqualTo("member");
            assertThat(member.groupInstanceId()).isEqualTo(Optional.of("instance"));
            assertThat(member.host()).isEqualTo("/127.0.0.1");
            assertThat(member.consumerId()).isEqualTo(consumer.groupMetadata().memberId());
            assertThat(member.assignment().topicPartitions()).containsExactlyInAnyOrder(zero, one);
        }
    }

    @Test
    void groupsAreListedByStateAndType() {
        try (var consumer = joined(Map.of())) {
            consumer.commitSync(Map.of(zero, new OffsetAndMetadata(0)));
            var stable = new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE));
            assertThat(get(admin.listGroups(stable).all()))
                    .filteredOn(listing -> listing.groupId().equals(group))
                    .containsExactly(new GroupListing(
                            group, Optional.of(GroupType.CLASSIC), "consumer", Optional.of(GroupState.STABLE)));
        }

        var empty =
                new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY)).withTypes(Set.of(GroupType.CLASSIC));
        assertThat(get(admin.listGroups(empty).all()))
                .extracting(GroupListing::groupId)
                .contains(group);
        assertThat(get(admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CONSUMER)))
                        .all()))
                .extracting(GroupListing::groupId)
                .doesNotContain(group);
        assertThat(describe().groupState()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void anUnknownGroupIsNotFound() {
        assertThatExceptionOfType(GroupIdNotFoundException.class).isThrownBy(this::describe);
        assertThatExceptionOfType(GroupIdNotFoundException.class)
                .isThrownBy(() -> get(admin.deleteConsumerGroups(List.of(group)).all()));
        assertThat(offsets()).isEmpty();
    }

    @Test
    void offsetsAreSetReadAndDeleted() {
        get(admin.alterConsumerGroupOffsets(
                        group, Map.of(zero, new OffsetAndMetadata(7, "note"), one, new OffsetAndMetadata(9)))
                .all());
        assertThat(offsets()).isEqualTo(Map.of(zero, new OffsetAndMetadata(7, "note"), one, new OffsetAndMetadata(9)));
        assertThat(describe().groupState()).isEqualTo(GroupState.EMPTY);

        get(admin.deleteConsumerGroupOffsets(group, Set.of(zero)).all());

        assertThat(offsets()).containsOnlyKeys(one);
    }

    @Test
    void aLiveGroupIsProtected() {
        try (var consumer = joined(Map.of())) {
            consumer.commitSync(Map.of(zero, new OffsetAndMetadata(1)));

            assertThatExceptionOfType(GroupNotEmptyException.class)
                    .isThrownBy(
                            () -> get(admin.deleteConsumerGroups(List.of(group)).all()));
            assertThatExceptionOfType(GroupSubscribedToTopicException.class)
                    .isThrownBy(() -> get(admin.deleteConsumerGroupOffsets(group, Set.of(zero))
                            .all()));
            assertThatExceptionOfType(UnknownMemberIdException.class)
                    .isThrownBy(() -> get(admin.alterConsumerGroupOffsets(group, Map.of(zero, new OffsetAndMetadata(0)))
                            .all()));
            assertThat(offsets()).containsEntry(zero, new OffsetAndMetadata(1));
        }
    }

    @Test
    void anEmptyGroupIsDeletedWithItsOffsets() {
        try (var consumer = joined(Map.of())) {
            consumer.commitSync(Map.of(zero, new OffsetAndMetadata(1)));
        }

        get(admin.deleteConsumerGroups(List.of(group)).all());

        assertThat(offsets()).isEmpty();
        assertThat(get(admin.listGroups().all()))
                .extracting(GroupListing::groupId)
                .doesNotContain(group);
    }

    @Test
    void staticMembersAreRemovedByName() {
        try (var consumer = joined(Map.of("group.instance.id", "gone"))) {
            assertThat(describe().members()).hasSize(1);

            get(admin.removeMembersFromConsumerGroup(
                            group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("gone"))))
                    .all());

            assertThat(describe().members()).isEmpty();
            assertThat(consumer.groupMetadata().groupId()).isEqualTo(group);
        }
    }

    @Test
    void deletingATopicForgetsItsOffsets() {
        get(admin.alterConsumerGroupOffsets(group, Map.of(zero, new OffsetAndMetadata(7)))
                .all());

        get(admin.deleteTopics(List.of(topic)).all());

        Awaitility.await()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(offsets()).isEmpty());
    }
}
