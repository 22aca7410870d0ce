package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What a build reads that knows no later level than one.
class MetadataLevelTest {
    private static RecordCodec.Decoded read(MetadataRecord record, MetadataLevel known) {
        return RecordCodec.decode(ByteBuffer.wrap(RecordCodec.encode(record)), known);
    }

    private static MetadataRecord finalised(int level) {
        return new MetadataRecord.FeatureLevelSet(MetadataLevel.FEATURE, level, 1);
    }

    @Property
    void anOlderBuildReadsWhatCameWithItsLevelsOnly(SeededRandomness chance) {
        MetadataRecord record = new RandomRecords(chance).next();

        for (MetadataLevel known : MetadataLevel.values()) {
            assertThat(read(record, known))
                    .isInstanceOf(
                            known.has(record)
                                    ? RecordCodec.Decoded.Complete.class
                                    : RecordCodec.Decoded.Malformed.class);
        }
    }

    @Test
    void aBuildReadsNothingBehindALevelItDoesNotKnow() {
        assertThat(read(finalised(2), MetadataLevel.FIRST))
                .isEqualTo(new RecordCodec.Decoded.Malformed(
                        "the cluster works at level 2 of millrace.version, and this build knows levels up to 1"));
        assertThat(read(new MetadataRecord.NodeCordoned(1, true), MetadataLevel.FIRST))
                .isEqualTo(new RecordCodec.Decoded.Malformed(
                        "the cluster works at level 2 of millrace.version, and this build knows levels up to 1"));
        assertThat(read(finalised(1), MetadataLevel.FIRST)).isInstanceOf(RecordCodec.Decoded.Complete.class);
        assertThat(read(finalised(MetadataLevel.newest().number() + 1), MetadataLevel.newest()))
                .isInstanceOf(RecordCodec.Decoded.Malformed.class);
    }

    /// What a level brought never changes: a new kind of record needs a new level, and its place in the table.
    @Test
    void theDocumentationSaysWhatCameWhen() throws IOException {
        RandomRecords any = new RandomRecords(new SeededRandomness(3));
        Map<String, Set<String>> brought = new TreeMap<>();
        for (int tries = 0; tries < 2_000; tries++) {
            MetadataRecord record = any.next();
            brought.computeIfAbsent(Integer.toString(MetadataLevel.since(record)), level -> new TreeSet<>())
                    .add(record.getClass().getSimpleName());
        }

        assertThat(documented()).isEqualTo(brought);
    }

    private static Map<String, Set<String>> documented() throws IOException {
        Map<String, Set<String>> rows = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/protocols/nodes.md"))) {
            Matcher row = Pattern.compile("\\| (\\d+) \\|([^|]*)\\|.*").matcher(line);
            if (row.matches()) {
                rows.put(
                        row.group(1),
                        Pattern.compile("`(\\w+)`")
                                .matcher(row.group(2))
                                .results()
                                .map(name -> name.group(1))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return rows;
    }

    /// Whoever joins reads the level before what came with it.
    @Test
    void aSnapshotBeginsWithItsLevel() {
        MetadataImage image = MetadataImage.empty("cluster", 1, Map.of())
                .with(List.of(
                        new MetadataRecord.NodeCordoned(3, true),
                        new MetadataRecord.FeatureLevelSet("metadata.version", 33, 1),
                        finalised(2)));

        assertThat(ImageSnapshot.records(image))
                .startsWith(new MetadataRecord.FeatureLevelSet("metadata.version", 33, 1));
        assertThat(ImageSnapshot.records(image).get(1)).isEqualTo(finalised(2));
    }

    @Test
    void isWhatWasFinalisedLast() {
        assertThat(MetadataLevel.finalised(Map.of())).isEqualTo(MetadataLevel.FIRST);
        assertThat(MetadataLevel.finalised(Map.of(MetadataLevel.FEATURE, 2))).isEqualTo(MetadataLevel.CORDONS);
        assertThat(MetadataLevel.values())
                .extracting(MetadataLevel::number)
                .isSorted()
                .doesNotHaveDuplicates();
    }
}
