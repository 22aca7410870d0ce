package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MetadataImageTest {
    private static final MetadataImage EMPTY = MetadataImage.empty("cluster", 1, Map.of());

    private static List<MetadataRecord> topic(long id, String name, int partitions) {
        return List.of(
                new MetadataRecord.TopicCreated(new TopicId(id, id), name, false, Map.of()),
                new MetadataRecord.PartitionsCreated(
                        new TopicId(id, id), 0, Collections.nCopies(partitions, PartitionState.created(List.of(1)))));
    }

    @Test
    void iteratesInNameOrder() {
        MetadataImage image =
                EMPTY.with(topic(1, "b", 1)).with(topic(2, "a", 1)).with(topic(3, "c", 1));

        assertThat(image.topics()).extracting(TopicView::name).containsExactly("a", "b", "c");
        assertThat(image.topicsFrom("b")).extracting(TopicView::name).containsExactly("b", "c");
    }

    @Test
    void changesOnePartitionAndSharesTheRest() {
        MetadataImage before = EMPTY.with(topic(1, "wide", 1000)).with(topic(2, "other", 1));
        PartitionState moved = new PartitionState(2, 1, 1, List.of(1, 2), List.of(2), List.of(), List.of());

        MetadataImage after = before.with(List.of(new MetadataRecord.PartitionChanged(new TopicId(1, 1), 700, moved)));

        List<PartitionView> then = before.topic("wide").orElseThrow().partitions();
        List<PartitionView> now = after.topic("wide").orElseThrow().partitions();
        assertThat(then.get(700).leader()).isEqualTo(1);
        assertThat(now.get(700).leader()).isEqualTo(2);
        assertThat(now.get(700).index()).isEqualTo(700);
        assertThat(now.get(699)).isSameAs(then.get(699));
        assertThat(after.topic("other").orElseThrow())
                .isSameAs(before.topic("other").orElseThrow());
    }

    @Test
    void appendsPartitionsAcrossChunks() {
        MetadataImage image = EMPTY.with(topic(1, "t", 255));

        for (int first : List.of(255, 256, 1000)) {
            int have = image.topic("t").orElseThrow().partitions().size();
            image = image.with(List.of(new MetadataRecord.PartitionsCreated(
                    new TopicId(1, 1),
                    have,
                    Collections.nCopies(first + 1 - have, PartitionState.created(List.of(1))))));
        }

        List<PartitionView> partitions = image.topic("t").orElseThrow().partitions();
        assertThat(partitions).hasSize(1001);
        for (int at = 0; at < partitions.size(); at++) {
            assertThat(partitions.get(at).index()).isEqualTo(at);
        }
    }

    @Test
    void stopsAtARecordThatDoesNotFit() {
        MetadataImage image = EMPTY.with(topic(1, "t", 1));

        assertThatThrownBy(() -> image.with(topic(2, "t", 1))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> image.with(List.of(new MetadataRecord.TopicDeleted(new TopicId(9, 9)))))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void addsUpToItselfFromItsSnapshot() {
        ConfigResource group = new ConfigResource(ConfigResource.Kind.GROUP, "g");
        MetadataImage image = EMPTY.with(topic(1, "a.b", 300))
                .with(topic(2, "b", 1))
                .with(List.of(
                        new MetadataRecord.NodeRegistered(
                                1, 3, new TopicId(5, 5), new TopicId(6, 6), "r", Standing.LEAVING, List.of()),
                        new MetadataRecord.NodeCordoned(4, true),
                        new MetadataRecord.NodeEpochReached(9),
                        new MetadataRecord.FeatureLevelSet("group.version", 1, 4),
                        new MetadataRecord.ProducerIdsAllocated(1, 3000),
                        new MetadataRecord.ConfigChanged(group, "share.session.timeout.ms", Optional.of("50000")),
                        new MetadataRecord.ConfigChanged(
                                new ConfigResource(ConfigResource.Kind.NODE, ""),
                                "log.retention.ms",
                                Optional.of("99")),
                        new MetadataRecord.ConfigChanged(
                                new ConfigResource(ConfigResource.Kind.TOPIC, "b"),
                                "retention.ms",
                                Optional.of("77"))));

        MetadataImage again = EMPTY.with(ImageSnapshot.records(image));

        assertThat(again.topics()).containsExactlyElementsOf(image.topics());
        assertThat(again.nodes()).isEqualTo(image.nodes());
        assertThat(again.features()).isEqualTo(image.features());
        assertThat(again.featuresEpoch()).isEqualTo(4);
        assertThat(again.nextProducerId()).isEqualTo(3000);
        assertThat(again.configs(group)).isEqualTo(image.configs(group));
        assertThat(again.nodeConfigs()).isEqualTo(image.nodeConfigs());
        assertThat(again.topicCollidingWith("a_b")).contains("a.b");
        assertThat(again.topic("b").orElseThrow().settings().log().retentionMs())
                .isEqualTo(77);
        assertThat(again.topic("a.b").orElseThrow().settings().log().retentionMs())
                .isEqualTo(99);
    }
}
