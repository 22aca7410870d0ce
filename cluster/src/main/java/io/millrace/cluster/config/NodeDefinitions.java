package io.millrace.cluster.config;

import static io.millrace.broker.catalog.ConfigEntry.Type.BOOLEAN;
import static io.millrace.broker.catalog.ConfigEntry.Type.DOUBLE;
import static io.millrace.broker.catalog.ConfigEntry.Type.INT;
import static io.millrace.broker.catalog.ConfigEntry.Type.LIST;
import static io.millrace.broker.catalog.ConfigEntry.Type.LONG;
import static io.millrace.broker.catalog.ConfigEntry.Type.SHORT;
import static io.millrace.broker.catalog.ConfigEntry.Type.STRING;
import static io.millrace.cluster.config.ConfigRule.ANY;
import static io.millrace.cluster.config.ConfigRule.atLeast;
import static io.millrace.cluster.config.ConfigRule.oneOf;

import java.util.Optional;
import java.util.Set;

/// The settings of a node that Kafka's tools read or change, by Kafka's names: what topics inherit, and what operators
/// look up. Values fixed at the start come from the node's own configuration.
public final class NodeDefinitions {
    /// What all copies that this node leads, of those that are throttled, may take.
    public static final String LEADER_THROTTLE = "leader.replication.throttled.rate";

    /// What all copies that this node makes, of those that are throttled, may take.
    public static final String FOLLOWER_THROTTLE = "follower.replication.throttled.rate";

    /// What all copies from one disk of this node to another may take.
    public static final String MOVE_THROTTLE = "replica.alter.log.dirs.io.max.bytes.per.second";

    private static final String NO_EFFECT = " Shown for tools; without effect here.";
    private static final String HOURS = " Used when the finer-grained settings are absent.";

    /// Kafka's own way to choose (KIP-392), and the only one there is here: classes of others are not loaded.
    private static final String RACK_AWARE_SELECTOR = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

    public static final ConfigDefinitions DEFINITIONS = definitions();

    /// Facts about a node, shown for tools; to give one changes nothing.
    private static final Set<String> FACTS = Set.of(
            "process.roles",
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "inter.broker.listener.name",
            "metadata.log.dir",
            CordonedFolders.SETTING, // changed while a node runs, by the controller
            "sasl.enabled.mechanisms",
            "ssl.client.auth");

    private NodeDefinitions() {}

    /// Whether it makes a difference to give this setting to a node. Its documentation is what says so.
    public static boolean hasEffect(String name) {
        return !FACTS.contains(name)
                && DEFINITIONS
                        .find(name)
                        .map(known -> !known.documentation().contains("without effect"))
                        .orElse(false);
    }

    /// Why the text can not be the value of this setting, if so.
    public static Optional<String> refuse(String name, String text) {
        return DEFINITIONS.find(name).flatMap(known -> known.refuse(text));
    }

    private static ConfigDefinitions definitions() {
        ConfigDefinitions.Builder settings = new ConfigDefinitions.Builder();
        inheritedByTopics(settings);
        times(settings);
        identity(settings);
        topics(settings);
        groups(settings);
        limits(settings);
        throttles(settings);
        return settings.build();
    }

    /// What a topic inherits under one name has the topic setting's type, default and bounds.
    private static void inheritedByTopics(ConfigDefinitions.Builder settings) {
        for (ConfigDefinition topic : TopicConfigs.DEFINITIONS.all()) {
            for (ConfigDefinition.NodeName node : topic.nodeNames()) {
                settings.dynamic(
                        node.name(),
                        topic.type(),
                        topic.nodeNames().size() == 1 ? topic.defaultValue() : null,
                        topic.rule(),
                        "What topics without a `" + topic.name() + "` of their own use. " + topic.documentation());
            }
        }
    }

    /// Coarser names of times, fixed from the start; they hold the defaults where there are several names.
    private static void times(ConfigDefinitions.Builder settings) {
        settings.fixed("log.retention.hours", INT, "168", ANY, "Age in hours at which data is deleted." + HOURS)
                .fixed("log.retention.minutes", INT, null, ANY, "Age in minutes at which data is deleted." + HOURS)
                .fixed("log.roll.hours", INT, "168", atLeast(1), "Hours after which a segment is sealed." + HOURS)
                .fixed("log.roll.jitter.hours", INT, "0", atLeast(0), "Hours taken off the roll time at most." + HOURS)
                .fixed(
                        "log.flush.scheduler.interval.ms",
                        LONG,
                        Long.toString(Long.MAX_VALUE),
                        ANY,
                        "How often Kafka looks for logs to fsync." + NO_EFFECT)
                .fixed(
                        "log.retention.check.interval.ms",
                        LONG,
                        "300000",
                        atLeast(1),
                        "How often data that is due for deletion is looked for.");
    }

    private static void identity(ConfigDefinitions.Builder settings) {
        settings.fixed("node.id", INT, null, atLeast(0), "The id of this node.")
                .fixed("broker.id", INT, "-1", ANY, "The id of this node under its older name.")
                .fixed("broker.rack", STRING, null, ANY, "The rack this node stands in.")
                .fixed(
                        "replica.selector.class",
                        STRING,
                        null,
                        oneOf(RACK_AWARE_SELECTOR),
                        "Who tells consumers which replica to read from: left alone, they read from leaders; `"
                                + RACK_AWARE_SELECTOR + "` sends them to an in-sync replica in their rack.")
                .fixed("process.roles", LIST, "broker,controller", ANY, "What this process does.")
                .fixed("listeners", LIST, null, ANY, "Addresses this node listens on.")
                .fixed("advertised.listeners", LIST, null, ANY, "Addresses clients are told to use.")
                .fixed("listener.security.protocol.map", STRING, null, ANY, "The security protocol of each listener.")
                .fixed("inter.broker.listener.name", STRING, null, ANY, "The listener nodes use among themselves.")
                .fixed("log.dir", LIST, null, ANY, "The folder data is kept in.")
                .fixed("log.dirs", LIST, null, ANY, "The folders data is kept in.")
                .dynamic(
                        CordonedFolders.SETTING,
                        LIST,
                        "",
                        ANY,
                        "Folders that get no new replicas: their paths, or all with `*`, which tells the controller to"
                                + " place none on this node.")
                .fixed("metadata.log.dir", STRING, null, ANY, "The folder the metadata log is kept in.")
                .fixed("authorizer.class.name", STRING, "", ANY, "Who decides what clients may do." + NO_EFFECT)
                .fixed("sasl.enabled.mechanisms", LIST, "", ANY, "Ways to log in.")
                .fixed("ssl.client.auth", STRING, "none", ANY, "Whether clients show a certificate.");
    }

    private static void topics(ConfigDefinitions.Builder settings) {
        settings.fixed("num.partitions", INT, "1", atLeast(1), "Partitions of a topic created without a number.")
                .fixed(
                        "default.replication.factor",
                        INT,
                        "1",
                        atLeast(1),
                        "Replicas of a topic created without a number.")
                .fixed(
                        "auto.create.topics.enable",
                        BOOLEAN,
                        "true",
                        ANY,
                        "Whether a client that asks for an unknown topic creates it.")
                .fixed("delete.topic.enable", BOOLEAN, "true", ANY, "Whether topics can be deleted.")
                .fixed(
                        "auto.leader.rebalance.enable",
                        BOOLEAN,
                        "true",
                        ANY,
                        "Whether leadership moves back to preferred replicas.")
                .fixed(
                        "leader.imbalance.check.interval.seconds",
                        LONG,
                        "300",
                        atLeast(1),
                        "How often the controller looks for leadership to move back.")
                .fixed("log.cleaner.enable", BOOLEAN, "true", ANY, "Whether compaction runs." + NO_EFFECT)
                .dynamic("log.cleaner.threads", INT, "1", atLeast(0), "Threads of compaction." + NO_EFFECT)
                .fixed("log.cleaner.backoff.ms", LONG, "15000", atLeast(0), "Pause of compaction when nothing is due.")
                .dynamic(
                        "log.cleaner.io.max.bytes.per.second",
                        DOUBLE,
                        Double.toString(Double.MAX_VALUE),
                        ANY,
                        "Reads and writes of compaction at most." + NO_EFFECT)
                .dynamic(
                        "producer.id.expiration.ms",
                        INT,
                        "86400000",
                        atLeast(1),
                        "How long a silent producer's sequence numbers are remembered." + NO_EFFECT)
                .fixed(
                        "remote.log.storage.system.enable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether there is tiered storage." + NO_EFFECT);
    }

    private static void groups(ConfigDefinitions.Builder settings) {
        settings.fixed(
                        "offsets.topic.num.partitions",
                        INT,
                        "50",
                        atLeast(1),
                        "Partitions of `__consumer_offsets`, fixed once it exists.")
                .fixed(
                        "offsets.topic.replication.factor",
                        SHORT,
                        "1",
                        atLeast(1),
                        "Replicas of `__consumer_offsets`." + NO_EFFECT)
                .fixed(
                        "offsets.topic.segment.bytes",
                        INT,
                        "104857600",
                        atLeast(1),
                        "Segment size of `__consumer_offsets`." + NO_EFFECT)
                .fixed("offsets.topic.compression.codec", INT, "0", ANY, "Codec of `__consumer_offsets`." + NO_EFFECT)
                .fixed(
                        "offsets.retention.minutes",
                        INT,
                        "10080",
                        atLeast(1),
                        "How long offsets of an empty group are kept.")
                .fixed(
                        "offsets.retention.check.interval.ms",
                        LONG,
                        "600000",
                        atLeast(1),
                        "How often expired offsets are looked for." + NO_EFFECT)
                .fixed(
                        "group.initial.rebalance.delay.ms",
                        INT,
                        "3000",
                        ANY,
                        "How long a new group waits for more members before it first assigns.")
                .fixed(
                        "group.min.session.timeout.ms",
                        INT,
                        "6000",
                        ANY,
                        "Shortest session timeout a member may ask for.")
                .fixed(
                        "group.max.session.timeout.ms",
                        INT,
                        "1800000",
                        ANY,
                        "Longest session timeout a member may ask for.")
                .fixed(
                        "group.max.size",
                        INT,
                        Integer.toString(Integer.MAX_VALUE),
                        atLeast(1),
                        "Members of a group at most.")
                .fixed(
                        "offset.metadata.max.bytes",
                        INT,
                        "4096",
                        ANY,
                        "Longest note that may come with a committed offset.")
                .fixed(
                        "group.coordinator.rebalance.protocols",
                        LIST,
                        "classic",
                        ANY,
                        "Group protocols this node speaks." + NO_EFFECT)
                .fixed(
                        "transaction.state.log.num.partitions",
                        INT,
                        "50",
                        atLeast(1),
                        "Partitions of `__transaction_state`." + NO_EFFECT)
                .fixed("transaction.max.timeout.ms", INT, "900000", atLeast(1), "Longest transaction." + NO_EFFECT);
    }

    private static void limits(ConfigDefinitions.Builder settings) {
        settings.fixed("socket.request.max.bytes", INT, "104857600", atLeast(1), "Largest request.")
                .fixed("socket.send.buffer.bytes", INT, "102400", ANY, "The kernel's send buffer of a connection.")
                .fixed("fetch.max.bytes", INT, "57671680", atLeast(1024), "Most a fetch returns.")
                .fixed("connections.max.idle.ms", LONG, "600000", ANY, "A connection silent for this long is closed.")
                .fixed("max.connections", INT, Integer.toString(Integer.MAX_VALUE), atLeast(0), "Connections at most.")
                .fixed(
                        "max.connections.per.ip",
                        INT,
                        Integer.toString(Integer.MAX_VALUE),
                        atLeast(0),
                        "Connections from one address at most.")
                .fixed(
                        "max.incremental.fetch.session.cache.slots",
                        INT,
                        "1000",
                        atLeast(0),
                        "Incremental fetch sessions kept." + NO_EFFECT)
                .fixed(
                        "max.request.partition.size.limit",
                        INT,
                        "2000",
                        atLeast(1),
                        "Partitions one page of DescribeTopicPartitions returns at most." + NO_EFFECT)
                .fixed("request.timeout.ms", INT, "30000", ANY, "How long a request waits for its reply." + NO_EFFECT)
                .dynamic("num.io.threads", INT, "8", atLeast(1), "Request threads." + NO_EFFECT)
                .dynamic("num.network.threads", INT, "3", atLeast(1), "Network threads." + NO_EFFECT)
                .dynamic("num.replica.fetchers", INT, "1", atLeast(1), "Replication threads." + NO_EFFECT)
                .dynamic("background.threads", INT, "10", atLeast(1), "Housekeeping threads." + NO_EFFECT)
                .fixed(
                        "replica.lag.time.max.ms",
                        LONG,
                        "30000",
                        atLeast(1),
                        "A follower that has not caught up with its leader for so long is not in sync.");
    }

    private static void throttles(ConfigDefinitions.Builder settings) {
        String unlimited = Long.toString(Long.MAX_VALUE);
        settings.dynamic(
                        LEADER_THROTTLE,
                        LONG,
                        unlimited,
                        atLeast(0),
                        "Bytes per second that throttled replicas out of sync may fetch from this node.")
                .dynamic(
                        FOLLOWER_THROTTLE,
                        LONG,
                        unlimited,
                        atLeast(0),
                        "Bytes per second that throttled replicas on this node may fetch while they are out of sync.")
                .dynamic(
                        MOVE_THROTTLE,
                        LONG,
                        unlimited,
                        atLeast(0),
                        "Bytes per second that replicas on their way from one disk of this node to another may copy.");
    }
}
