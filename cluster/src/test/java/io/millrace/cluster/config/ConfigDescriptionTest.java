package io.millrace.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigEntry.Source;
import io.millrace.broker.catalog.ConfigEntry.Synonym;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.log.config.LogConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigDescriptionTest {
    private static final NodeConfigs NOTHING = new NodeConfigs(Map.of(), Map.of(), Map.of());

    private static ConfigEntry topic(NodeConfigs given, Map<String, String> overrides, String name) {
        return find(new ConfigDescription(given).topic(overrides), name);
    }

    private static ConfigEntry find(List<ConfigEntry> entries, String name) {
        return entries.stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void listsKafkasTopicSettingsAndOurs() {
        List<ConfigEntry> entries = new ConfigDescription(NOTHING).topic(Map.of());

        // 37: what LogConfig of Kafka 4.4.0 names, its internal setting left out.
        assertThat(entries).hasSize(37 + 2);
        assertThat(entries)
                .extracting(ConfigEntry::name)
                .isSorted()
                .contains("millrace.durability", "millrace.replica.lag.time.max.ms");
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.documentation()).isNotBlank();
            assertThat(entry.source()).isEqualTo(Source.DEFAULT);
        });
    }

    @Test
    void showsADefaultWithItsNodeName() {
        ConfigEntry entry = topic(NOTHING, Map.of(), "cleanup.policy");

        assertThat(entry.value()).isEqualTo("delete");
        assertThat(entry.source()).isEqualTo(Source.DEFAULT);
        assertThat(entry.synonyms()).containsExactly(new Synonym("log.cleanup.policy", "delete", Source.DEFAULT));
    }

    @Test
    void showsNoSynonymsWhereKafkaShowsNone() {
        NodeConfigs hours = new NodeConfigs(Map.of(), Map.of(), Map.of("log.retention.hours", "1"));

        ConfigEntry entry = topic(hours, Map.of(), "retention.ms");

        assertThat(entry.value()).isEqualTo("3600000");
        assertThat(entry.synonyms()).isEmpty();
    }

    @Test
    void showsEveryPlaceStrongestFirst() {
        NodeConfigs given = new NodeConfigs(
                Map.of("log.retention.ms", "2"), Map.of("log.retention.ms", "3"), Map.of("log.retention.ms", "4"));

        ConfigEntry entry = topic(given, Map.of("retention.ms", "1"), "retention.ms");

        assertThat(entry.value()).isEqualTo("1");
        assertThat(entry.source()).isEqualTo(Source.DYNAMIC_TOPIC);
        assertThat(entry.synonyms())
                .containsExactly(
                        new Synonym("retention.ms", "1", Source.DYNAMIC_TOPIC),
                        new Synonym("log.retention.ms", "2", Source.DYNAMIC_NODE),
                        new Synonym("log.retention.ms", "3", Source.DYNAMIC_CLUSTER),
                        new Synonym("log.retention.ms", "4", Source.STATIC_NODE),
                        new Synonym("log.retention.hours", "168", Source.DEFAULT));
    }

    @Test
    void prefersTheFinerUnit() {
        NodeConfigs given =
                new NodeConfigs(Map.of(), Map.of(), Map.of("log.retention.hours", "1", "log.retention.minutes", "2"));

        assertThat(TopicSettingsReader.read(Map.of(), given).log().retentionMs())
                .isEqualTo(120_000);
        assertThat(TopicSettingsReader.read(
                                Map.of(), new NodeConfigs(Map.of(), Map.of(), Map.of("log.retention.hours", "-1")))
                        .log()
                        .retentionMs())
                .isEqualTo(-1);
    }

    @Test
    void readsKafkasDefaults() {
        assertThat(TopicSettingsReader.read(Map.of(), NOTHING))
                .isEqualTo(new TopicSettings(
                        LogConfig.DEFAULT, TopicSettings.Durability.FSYNC, 1, false, 64L * 1_048_588));
    }

    @Test
    void derivesHowFarABatchIsUnpackedUnlessItIsSaid() {
        assertThat(unpackedMax(Map.of("max.message.bytes", "10"))).isEqualTo(64 << 20);
        assertThat(unpackedMax(Map.of("max.message.bytes", "104857600"))).isEqualTo(Integer.MAX_VALUE - 8);
        assertThat(unpackedMax(Map.of("max.decompressed.message.bytes", "5000")))
                .isEqualTo(5000);
        assertThat(unpackedMax(Map.of("max.decompressed.message.bytes", "1000000000")))
                .isEqualTo(1_000_000_000);
    }

    private static long unpackedMax(Map<String, String> topic) {
        return TopicSettingsReader.read(topic, NOTHING).decompressedBytesMax();
    }

    @Test
    void readsTypedSettings() {
        TopicSettings settings = TopicSettingsReader.read(
                Map.of(
                        "cleanup.policy", "compact, delete",
                        "compression.type", "zstd",
                        "compression.zstd.level", "-5",
                        "message.timestamp.type", "LogAppendTime",
                        "millrace.durability", "page-cache",
                        "preallocate", "TRUE",
                        "retention.ms", " 5 "),
                NOTHING);

        assertThat(settings.durability()).isEqualTo(TopicSettings.Durability.PAGE_CACHE);
        assertThat(settings.log().compact()).isTrue();
        assertThat(settings.log().delete()).isTrue();
        assertThat(settings.log().compression()).isEqualTo(LogConfig.Compression.ZSTD);
        assertThat(settings.log().compressionLevel()).isEqualTo(-5);
        assertThat(settings.log().timestampType()).isEqualTo(LogConfig.TimestampType.LOG_APPEND_TIME);
        assertThat(settings.log().preallocate()).isTrue();
        assertThat(settings.log().retentionMs()).isEqualTo(5);
    }

    @Test
    void describesANode() {
        NodeConfigs given = new NodeConfigs(
                Map.of("log.retention.ms", "2"), Map.of("message.max.bytes", "3"), Map.of("node.id", "7"));
        List<ConfigEntry> entries = new ConfigDescription(given).node();

        assertThat(find(entries, "node.id").source()).isEqualTo(Source.STATIC_NODE);
        assertThat(find(entries, "node.id").readOnly()).isTrue();
        assertThat(find(entries, "log.retention.ms").value()).isEqualTo("2");
        assertThat(find(entries, "log.retention.ms").readOnly()).isFalse();
        assertThat(find(entries, "log.retention.ms").synonyms())
                .containsExactly(
                        new Synonym("log.retention.ms", "2", Source.DYNAMIC_NODE),
                        new Synonym("log.retention.hours", "168", Source.DEFAULT));
        assertThat(find(entries, "message.max.bytes").source()).isEqualTo(Source.DYNAMIC_CLUSTER);
        assertThat(find(entries, "offsets.topic.num.partitions").value()).isEqualTo("50");
        assertThat(new ConfigDescription(given).cluster())
                .singleElement()
                .satisfies(entry -> assertThat(entry.name()).isEqualTo("message.max.bytes"));
    }

    @Test
    void describesAGroup() {
        List<ConfigEntry> entries =
                ConfigDescription.other(ConfigResource.Kind.GROUP, Map.of("consumer.session.timeout.ms", "46000"));

        assertThat(find(entries, "consumer.session.timeout.ms").source()).isEqualTo(Source.GROUP);
        assertThat(find(entries, "share.isolation.level").value()).isEqualTo("read_uncommitted");
    }
}
