package io.millrace.cluster.config;

import static io.millrace.broker.catalog.ConfigEntry.Type.BOOLEAN;
import static io.millrace.broker.catalog.ConfigEntry.Type.DOUBLE;
import static io.millrace.broker.catalog.ConfigEntry.Type.INT;
import static io.millrace.broker.catalog.ConfigEntry.Type.LIST;
import static io.millrace.broker.catalog.ConfigEntry.Type.LONG;
import static io.millrace.broker.catalog.ConfigEntry.Type.STRING;
import static io.millrace.cluster.config.ConfigRule.ANY;
import static io.millrace.cluster.config.ConfigRule.atLeast;
import static io.millrace.cluster.config.ConfigRule.between;
import static io.millrace.cluster.config.ConfigRule.betweenOr;
import static io.millrace.cluster.config.ConfigRule.listOf;
import static io.millrace.cluster.config.ConfigRule.oneOf;

import io.millrace.cluster.config.ConfigDefinition.NodeName;

/// The topic settings of Kafka 4.4 (35 of its `TopicConfig` and the two replication throttles), and ours.
public final class TopicConfigs {
    /// Ours: what the high watermark may pass.
    public static final String DURABILITY = "millrace.durability";

    /// Ours: how long a majority waits for a follower that lags.
    public static final String MAJORITY_LAG = "millrace.replica.lag.time.max.ms";

    /// With none every follower is late with every append, before it could have fetched.
    private static final long MAJORITY_LAG_MS_MIN = 50;

    static final String LEADER_THROTTLED = "leader.replication.throttled.replicas";
    static final String FOLLOWER_THROTTLED = "follower.replication.throttled.replicas";

    private static final String FOREVER = Long.toString(Long.MAX_VALUE);
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    /// The array limit of a JVM: nothing larger can be opened.
    private static final int ARRAY_BYTES_MAX = Integer.MAX_VALUE - 8;

    /// The default of `max.decompressed.message.bytes`, as Kafka says it.
    static final long DECOMPRESSED_BYTES_UNLIMITED = ARRAY_BYTES_MAX;

    private static final String NO_TIERED_STORAGE =
            " Accepted and shown, but without effect: there is no tiered storage yet.";
    private static final String FSYNC_INSTEAD =
            " Accepted and shown, but without effect: " + DURABILITY + " decides when data is fsynced.";

    /// Last of the constants, because it is made from them.
    public static final ConfigDefinitions DEFINITIONS = definitions();

    private TopicConfigs() {}

    private static ConfigDefinitions definitions() {
        ConfigDefinitions.Builder settings = new ConfigDefinitions.Builder();
        retention(settings);
        segments(settings);
        compaction(settings);
        messages(settings);
        compression(settings);
        replication(settings);
        tiering(settings);
        return settings.build();
    }

    private static NodeName node(String name) {
        return new NodeName(name, 1);
    }

    private static NodeName node(String name, long factor) {
        return new NodeName(name, factor);
    }

    private static void retention(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "cleanup.policy",
                        LIST,
                        "delete",
                        listOf("compact", "delete"),
                        "What happens to old data: `delete` drops segments by age and size, `compact` keeps the last"
                                + " record of each key; both may be given, and an empty list keeps everything.",
                        node("log.cleanup.policy"))
                .topic(
                        "retention.ms",
                        LONG,
                        "604800000",
                        atLeast(-1),
                        "Age in milliseconds at which old segments are deleted; -1 for never.",
                        node("log.retention.ms"),
                        node("log.retention.minutes", MINUTE_MS),
                        node("log.retention.hours", HOUR_MS))
                .topic(
                        "retention.bytes",
                        LONG,
                        "-1",
                        ANY,
                        "Size in bytes a partition is cut back to, oldest segments first; -1 for no limit.",
                        node("log.retention.bytes"))
                .topic(
                        "file.delete.delay.ms",
                        LONG,
                        "60000",
                        atLeast(0),
                        "How long a deleted segment's files stay for readers that still use them.",
                        node("log.segment.delete.delay.ms"))
                .topic(
                        DURABILITY,
                        STRING,
                        "fsync",
                        oneOf("fsync", "page-cache"),
                        "What an acknowledgement means: `fsync` (default) that the record is on disk, `page-cache` that"
                                + " the operating system has it, as in Kafka.",
                        node(DURABILITY))
                .topic(
                        "flush.messages",
                        LONG,
                        FOREVER,
                        atLeast(1),
                        "Number of records after which Kafka fsyncs." + FSYNC_INSTEAD,
                        node("log.flush.interval.messages"))
                .topic(
                        "flush.ms",
                        LONG,
                        FOREVER,
                        atLeast(0),
                        "Time after which Kafka fsyncs." + FSYNC_INSTEAD,
                        node("log.flush.interval.ms"),
                        node("log.flush.scheduler.interval.ms"));
    }

    private static void segments(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "segment.bytes",
                        INT,
                        "1073741824",
                        atLeast(1 << 20),
                        "Largest segment file; retention and compaction work on whole segments.",
                        node("log.segment.bytes"))
                .topic(
                        "segment.ms",
                        LONG,
                        "604800000",
                        atLeast(1),
                        "Age at which a new segment is started even when the old one is not full.",
                        node("log.roll.ms"),
                        node("log.roll.hours", HOUR_MS))
                .topic(
                        "segment.jitter.ms",
                        LONG,
                        "0",
                        atLeast(0),
                        "At most this much is taken off `segment.ms`, so that partitions do not roll together.",
                        node("log.roll.jitter.ms"),
                        node("log.roll.jitter.hours", HOUR_MS))
                .topic(
                        "segment.index.bytes",
                        INT,
                        "10485760",
                        atLeast(4),
                        "Largest index file; a full index starts a new segment.",
                        node("log.index.size.max.bytes"))
                .topic(
                        "index.interval.bytes",
                        INT,
                        "4096",
                        atLeast(0),
                        "About how many bytes lie between two entries of the sparse offset index.",
                        node("log.index.interval.bytes"))
                .topic(
                        "preallocate",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether a segment file gets its full length with its first batch.",
                        node("log.preallocate"));
    }

    private static void compaction(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "delete.retention.ms",
                        LONG,
                        "86400000",
                        atLeast(0),
                        "How long tombstones stay readable after compaction reached them.",
                        node("log.cleaner.delete.retention.ms"))
                .topic(
                        "min.compaction.lag.ms",
                        LONG,
                        "0",
                        atLeast(0),
                        "Records younger than this are not compacted away.",
                        node("log.cleaner.min.compaction.lag.ms"))
                .topic(
                        "max.compaction.lag.ms",
                        LONG,
                        FOREVER,
                        atLeast(1),
                        "A record that waited this long makes its partition due for compaction.",
                        node("log.cleaner.max.compaction.lag.ms"))
                .topic(
                        "min.cleanable.dirty.ratio",
                        DOUBLE,
                        "0.5",
                        ConfigRule.ratio(),
                        "Share of not yet compacted data at which a partition is due for compaction.",
                        node("log.cleaner.min.cleanable.ratio"));
    }

    private static void messages(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "max.message.bytes",
                        INT,
                        "1048588",
                        atLeast(0),
                        "Largest record batch accepted, as sent (compressed).",
                        node("message.max.bytes"))
                .topic(
                        "max.decompressed.message.bytes",
                        INT,
                        Integer.toString(ARRAY_BYTES_MAX),
                        between(1, ARRAY_BYTES_MAX),
                        "Largest batch after decompression that is opened here; left alone, 64 times `max.message.bytes`, 64 MiB at least.",
                        node("max.decompressed.message.bytes"))
                .topic(
                        "message.timestamp.type",
                        STRING,
                        "CreateTime",
                        oneOf("CreateTime", "LogAppendTime"),
                        "Who stamps records: the producer (`CreateTime`) or the broker (`LogAppendTime`).",
                        node("log.message.timestamp.type"))
                .topic(
                        "message.timestamp.before.max.ms",
                        LONG,
                        FOREVER,
                        atLeast(0),
                        "How far in the past a producer's timestamp may lie.",
                        node("log.message.timestamp.before.max.ms"))
                .topic(
                        "message.timestamp.after.max.ms",
                        LONG,
                        "3600000",
                        atLeast(0),
                        "How far in the future a producer's timestamp may lie.",
                        node("log.message.timestamp.after.max.ms"))
                .topic(
                        "errors.deadletterqueue.group.enable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether share groups may use the topic for dead letters. Accepted and shown, but without effect:"
                                + " there are no share groups yet.");
    }

    private static void compression(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "compression.type",
                        STRING,
                        "producer",
                        oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
                        "The codec batches are stored in; `producer` keeps what was sent.",
                        node("compression.type"))
                .topic(
                        "compression.gzip.level",
                        INT,
                        "-1",
                        betweenOr(1, 9, -1),
                        "Level used when `compression.type` is `gzip`; -1 lets the codec choose.",
                        node("compression.gzip.level"))
                .topic(
                        "compression.lz4.level",
                        INT,
                        "9",
                        between(1, 17),
                        "Level used when `compression.type` is `lz4`.",
                        node("compression.lz4.level"))
                .topic(
                        "compression.zstd.level",
                        INT,
                        "3",
                        between(-131_072, 22),
                        "Level used when `compression.type` is `zstd`.",
                        node("compression.zstd.level"));
    }

    private static void replication(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "min.insync.replicas",
                        INT,
                        "1",
                        atLeast(1),
                        "In-sync replicas, the leader included, that a write with `acks=all` needs.",
                        node("min.insync.replicas"))
                .topic(
                        "unclean.leader.election.enable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether a replica that is not in sync may lead when no other is left, losing data.",
                        node("unclean.leader.election.enable"))
                .topic(
                        MAJORITY_LAG,
                        LONG,
                        "-1",
                        betweenOr(MAJORITY_LAG_MS_MIN, Long.MAX_VALUE, -1),
                        "How long a follower may lag before it leaves the in-sync set, as long as a majority of the replicas"
                                + " and `min.insync.replicas` of them stay there; -1 (default) for as long as any other,"
                                + " `replica.lag.time.max.ms`. Topics of durable queues and streams have 3000.")
                .topic(
                        LEADER_THROTTLED,
                        LIST,
                        "",
                        ConfigRule.throttledReplicas(),
                        "Leaders that limit what replicas out of sync may fetch from them, as `partition:node,...` or `*`.")
                .topic(
                        FOLLOWER_THROTTLED,
                        LIST,
                        "",
                        ConfigRule.throttledReplicas(),
                        "Replicas that limit what they fetch while they are out of sync, as `partition:node,...` or `*`.");
    }

    private static void tiering(ConfigDefinitions.Builder settings) {
        settings.topic(
                        "remote.storage.enable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether sealed segments are copied to remote storage." + NO_TIERED_STORAGE)
                .topic(
                        "remote.log.copy.disable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether copying to remote storage is paused." + NO_TIERED_STORAGE)
                .topic(
                        "remote.log.delete.on.disable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether remote data goes when remote storage is turned off." + NO_TIERED_STORAGE)
                .topic(
                        "remote.copy.lag.ms",
                        LONG,
                        "0",
                        atLeast(-1),
                        "How long a sealed segment waits before it is copied." + NO_TIERED_STORAGE,
                        node("log.remote.copy.lag.ms"))
                .topic(
                        "remote.copy.lag.bytes",
                        LONG,
                        "-1",
                        atLeast(-1),
                        "How much newer data makes a sealed segment due for copying." + NO_TIERED_STORAGE,
                        node("log.remote.copy.lag.bytes"))
                .topic(
                        "local.retention.ms",
                        LONG,
                        "-2",
                        atLeast(-2),
                        "Age at which copied segments are deleted here; -2 means `retention.ms`." + NO_TIERED_STORAGE,
                        node("log.local.retention.ms"))
                .topic(
                        "local.retention.bytes",
                        LONG,
                        "-2",
                        atLeast(-2),
                        "Size copied data is cut back to here; -2 means `retention.bytes`." + NO_TIERED_STORAGE,
                        node("log.local.retention.bytes"));
    }
}
