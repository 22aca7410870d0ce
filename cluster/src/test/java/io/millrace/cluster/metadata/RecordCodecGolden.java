package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ConfigResource;
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

/// The bytes of version 1, as they are on disks: `golden/metadata-records-v1.txt` is never changed, only added to.
class RecordCodecGolden {
    private static final TopicId ID = new TopicId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final List<MetadataRecord> RECORDS = List.of(
            new MetadataRecord.NodeRegistered(
                    1, ID, ID, "rack-a", false, List.of(new NodeView.Endpoint("kafka", "localhost", 9092))),
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

    @Test
    void writesTheBytesThatAreOnDisks() throws IOException {
        List<String> written = RECORDS.stream()
                .map(record -> HexFormat.of().formatHex(RecordCodec.encode(record)))
                .toList();

        assertThat(written).isEqualTo(golden());
    }

    @Test
    void readsTheBytesThatAreOnDisks() throws IOException {
        List<MetadataRecord> read = new ArrayList<>();
        for (String line : golden()) {
            if (RecordCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(line)))
                    instanceof RecordCodec.Decoded.Complete complete) {
                read.add(complete.record());
            }
        }

        assertThat(read).isEqualTo(RECORDS);
    }

    private static List<String> golden() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                RecordCodecGolden.class.getResourceAsStream("/golden/metadata-records-v1.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
