package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The bytes of every version, as they are on disks: `golden/metadata-records-v*.txt` are never changed, only added to.
class RecordCodecGolden {
    private static final TopicId ID = new TopicId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final List<MetadataRecord> RECORDS = List.of(
            new MetadataRecord.NodeRegistered(
                    1,
                    0,
                    ID,
                    ID,
                    "rack-a",
                    NodeView.Standing.ACTIVE,
                    List.of(new NodeView.Endpoint("kafka", "localhost", 9092))),
            new MetadataRecord.NodeFenced(2),
            new MetadataRecord.NodeUnfenced(300),
            new MetadataRecord.NodeUnregistered(4),
            new MetadataRecord.TopicCreated(
                    ID, "orders", true, Map.of("cleanup.policy", "compact", "retention.ms", "-1")),
            new MetadataRecord.PartitionsCreated(
                    ID, 3, Collections.nCopies(10_000, PartitionState.created(List.of(1)))),
            new MetadataRecord.PartitionChanged(
                    ID, 7, new PartitionState(-1, 5, 6, List.of(1, 2, 3), List.of(2), List.of(1), List.of(3))),
            new MetadataRecord.TopicDeleted(ID),
            new MetadataRecord.ConfigChanged(
                    new ConfigResource(ConfigResource.Kind.NODE, ""), "log.retention.ms", Optional.of("60000")),
            new MetadataRecord.ConfigChanged(
                    new ConfigResource(ConfigResource.Kind.GROUP, "g"), "share.isolation.level", Optional.empty()),
            new MetadataRecord.FeatureLevelSet("group.version", 1, 2),
            new MetadataRecord.ProducerIdsAllocated(1, 1_000_000));

    private static final List<MetadataRecord> SECOND = List.of(
            new MetadataRecord.NodeRegistered(
                    3,
                    77,
                    ID,
                    ID,
                    "rack-c",
                    NodeView.Standing.FENCED,
                    List.of(
                            new NodeView.Endpoint("kafka", "c", 9092),
                            new NodeView.Endpoint(NodeView.CLUSTER_LISTENER, "c", 9190))),
            new MetadataRecord.NodeLeaving(3),
            new MetadataRecord.NodeCordoned(3, true),
            new MetadataRecord.NodeEpochReached(78),
            new MetadataRecord.PartitionChanged(
                    ID,
                    7,
                    new PartitionState(
                            1, 5, 6, List.of(4, 1, 2), List.of(1, 2), List.of(), List.of(), List.of(4), List.of(2))),
            new MetadataRecord.PartitionsCreated(
                    ID,
                    0,
                    List.of(new PartitionState(
                            1, 0, 2, List.of(1, 2), List.of(1), List.of(), List.of(), List.of(2), List.of()))));

    private static final List<MetadataRecord> THIRD = List.of(new MetadataRecord.NodeRegistered(
            3,
            77,
            ID,
            ID,
            List.of(new TopicId(3, 4)),
            "rack-d",
            NodeView.Standing.FENCED,
            List.of(new NodeView.Endpoint("kafka", "d", 9092)),
            Map.of()));

    private static final List<MetadataRecord> FOURTH = List.of(new MetadataRecord.NodeRegistered(
            3,
            77,
            ID,
            ID,
            List.of(),
            "",
            NodeView.Standing.ACTIVE,
            List.of(),
            Map.of("kraft.version", new FeatureRange(1, 1), "metadata.version", new FeatureRange(7, 33))));

    @Test
    void writesTheBytesThatAreOnDisks() throws IOException {
        // Nodes are written with an epoch since version 2.
        assertThat(written(RECORDS.subList(1, RECORDS.size())))
                .isEqualTo(golden(1).subList(1, RECORDS.size()));
        assertThat(written(SECOND)).isEqualTo(golden(2));
        assertThat(written(THIRD)).isEqualTo(golden(3));
        assertThat(written(FOURTH)).isEqualTo(golden(4));
    }

    private static List<String> written(List<MetadataRecord> records) {
        return records.stream()
                .map(record -> HexFormat.of().formatHex(RecordCodec.encode(record)))
                .toList();
    }

    @Test
    void readsTheBytesThatAreOnDisks() throws IOException {
        assertThat(read(golden(1))).isEqualTo(RECORDS);
        assertThat(read(golden(2))).isEqualTo(SECOND);
        assertThat(read(golden(3))).isEqualTo(THIRD);
        assertThat(read(golden(4))).isEqualTo(FOURTH);
    }

    private static List<MetadataRecord> read(List<String> lines) {
        List<MetadataRecord> read = new ArrayList<>();
        for (String line : lines) {
            if (RecordCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(line)))
                    instanceof RecordCodec.Decoded.Complete complete) {
                read.add(complete.record());
            }
        }
        return read;
    }

    private static List<String> golden(int version) throws IOException {
        try (InputStream file = Objects.requireNonNull(
                RecordCodecGolden.class.getResourceAsStream("/golden/metadata-records-v" + version + ".txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
