package io.millrace.cluster.config;

import io.millrace.broker.catalog.ThrottledReplicas;
import io.millrace.broker.catalog.ThrottledReplicas.Replica;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.log.config.LogConfig;
import io.millrace.log.config.LogConfig.Compression;
import io.millrace.log.config.LogConfig.TimestampType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Turns a topic's own settings and what it inherits into the typed settings the log acts on.
public final class TopicSettingsReader {
    private static final long UNPACKED_RATIO_MAX = 64;
    private static final long UNPACKED_BATCH_BYTES_MIN = 1 << 20;

    private final Map<String, String> overrides;
    private final NodeConfigs inherited;

    private TopicSettingsReader(Map<String, String> overrides, NodeConfigs inherited) {
        this.overrides = overrides;
        this.inherited = inherited;
    }

    /// @param overrides values that passed [TopicConfigCheck]
    public static TopicSettings read(Map<String, String> overrides, NodeConfigs inherited) {
        return new TopicSettingsReader(overrides, inherited).read();
    }

    private TopicSettings read() {
        return new TopicSettings(
                log(),
                text(TopicConfigs.DURABILITY).equals("page-cache") ? Durability.PAGE_CACHE : Durability.FSYNC,
                intValue("min.insync.replicas"),
                bool("unclean.leader.election.enable"),
                throttled(TopicConfigs.LEADER_THROTTLED),
                throttled(TopicConfigs.FOLLOWER_THROTTLED),
                decompressedBytesMax(),
                longValue(TopicConfigs.MAJORITY_LAG));
    }

    /// Kafka's default is no limit; ours is one that honest data stays below: 64 times the largest batch as it is sent,
    /// and never less than 64 MiB.
    private long decompressedBytesMax() {
        long limit = longValue("max.decompressed.message.bytes");
        if (limit < TopicConfigs.DECOMPRESSED_BYTES_UNLIMITED) {
            return limit;
        }
        long derived = UNPACKED_RATIO_MAX * Math.max(UNPACKED_BATCH_BYTES_MIN, intValue("max.message.bytes"));
        return Math.min(derived, limit);
    }

    private ThrottledReplicas throttled(String name) {
        String value = text(name);
        if (value.equals(ConfigValues.ALL)) {
            return ThrottledReplicas.ALL;
        }
        Set<Replica> replicas = new LinkedHashSet<>();
        for (String replica : ConfigValues.list(value)) {
            int colon = replica.indexOf(':');
            replicas.add(new Replica(
                    Integer.parseInt(replica.substring(0, colon)), Integer.parseInt(replica.substring(colon + 1))));
        }
        return replicas.isEmpty() ? ThrottledReplicas.NONE : new ThrottledReplicas(false, replicas);
    }

    private LogConfig log() {
        List<String> cleanup = ConfigValues.list(text("cleanup.policy"));
        Compression compression = compression();
        return new LogConfig(
                intValue("segment.bytes"),
                longValue("segment.ms"),
                longValue("segment.jitter.ms"),
                intValue("index.interval.bytes"),
                intValue("segment.index.bytes"),
                intValue("max.message.bytes"),
                longValue("retention.ms"),
                longValue("retention.bytes"),
                cleanup.contains("delete"),
                cleanup.contains("compact"),
                longValue("delete.retention.ms"),
                longValue("min.compaction.lag.ms"),
                longValue("max.compaction.lag.ms"),
                Double.parseDouble(text("min.cleanable.dirty.ratio")),
                text("message.timestamp.type").equals("LogAppendTime")
                        ? TimestampType.LOG_APPEND_TIME
                        : TimestampType.CREATE_TIME,
                longValue("message.timestamp.before.max.ms"),
                longValue("message.timestamp.after.max.ms"),
                compression,
                compressionLevel(compression),
                longValue("file.delete.delay.ms"),
                bool("preallocate"));
    }

    private Compression compression() {
        return switch (text("compression.type")) {
            case "uncompressed" -> Compression.UNCOMPRESSED;
            case "gzip" -> Compression.GZIP;
            case "snappy" -> Compression.SNAPPY;
            case "lz4" -> Compression.LZ4;
            case "zstd" -> Compression.ZSTD;
            default -> Compression.PRODUCER;
        };
    }

    private int compressionLevel(Compression compression) {
        return switch (compression) {
            case GZIP -> {
                int level = intValue("compression.gzip.level");
                yield level < 0 ? LogConfig.CODEC_DEFAULT_LEVEL : level;
            }
            case LZ4 -> intValue("compression.lz4.level");
            case ZSTD -> intValue("compression.zstd.level");
            case PRODUCER, UNCOMPRESSED, SNAPPY -> LogConfig.CODEC_DEFAULT_LEVEL;
        };
    }

    private String text(String name) {
        String own = overrides.get(name);
        return own != null
                ? own.strip()
                : inherited
                        .inherited(TopicConfigs.DEFINITIONS.find(name).orElseThrow())
                        .strip();
    }

    private int intValue(String name) {
        return Integer.parseInt(text(name));
    }

    private long longValue(String name) {
        return Long.parseLong(text(name));
    }

    private boolean bool(String name) {
        return Boolean.parseBoolean(text(name));
    }
}
