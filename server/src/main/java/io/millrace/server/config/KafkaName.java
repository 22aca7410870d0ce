package io.millrace.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A setting that has a name of ours and one of Kafka's: `kafka.group.max.size` is `groups.members-max`. Either may be
/// given, both only when they say the same.
///
/// @param kafka as in a `server.properties`
/// @param key ours
/// @param factor what turns Kafka's unit into ours
/// @param value ours, as configured
record KafkaName(String kafka, String key, long factor, Function<ServerConfig, Object> value) {
    static final List<KafkaName> ALL = List.of(
            text("node.id", "node.id", config -> config.node().id()),
            text("broker.id", "node.id", config -> config.node().id()),
            text("broker.rack", "node.rack", config -> config.node().rack()),
            text("log.dirs", "storage.directories", KafkaName::directories),
            text("log.dir", "storage.directories", KafkaName::directories),
            text(
                    "log.retention.check.interval.ms",
                    "storage.retention-check-ms",
                    config -> config.storage().retentionCheckMs()),
            text(
                    "log.cleaner.backoff.ms",
                    "storage.cleaner-backoff-ms",
                    config -> config.storage().cleanerBackoffMs()),
            text(
                    "socket.request.max.bytes",
                    "network.frame-bytes-max",
                    config -> config.network().fittedTo(Long.MAX_VALUE).frameBytesMax()),
            text(
                    "socket.send.buffer.bytes",
                    "network.send-buffer-bytes",
                    config -> config.network().sendBufferBytes()),
            text(
                    "connections.max.idle.ms",
                    "network.idle-ms",
                    config -> config.network().idleMs()),
            text(
                    "max.connections",
                    "network.connections-max",
                    config -> config.network().connectionsMax()),
            text(
                    "max.connections.per.ip",
                    "network.max-connections-per-address",
                    config -> config.network().maxConnectionsPerAddress()),
            text(
                    "group.initial.rebalance.delay.ms",
                    "groups.initial-rebalance-delay-ms",
                    config -> config.groups().initialRebalanceDelayMs()),
            text(
                    "group.min.session.timeout.ms",
                    "groups.session-ms-min",
                    config -> config.groups().sessionMsMin()),
            text(
                    "group.max.session.timeout.ms",
                    "groups.session-ms-max",
                    config -> config.groups().sessionMsMax()),
            text(
                    "group.max.size",
                    "groups.members-max",
                    config -> config.groups().membersMax()),
            new KafkaName(
                    "offsets.retention.minutes",
                    "groups.offsets-retention-ms",
                    60_000,
                    config -> config.groups().offsetsRetentionMs()),
            text(
                    "offsets.topic.num.partitions",
                    "groups.offsets-partitions",
                    config -> config.groups().offsetsPartitions()),
            text(
                    "offset.metadata.max.bytes",
                    "groups.offset-metadata-bytes-max",
                    config -> config.groups().offsetMetadataBytesMax()));

    private static KafkaName text(String kafka, String key, Function<ServerConfig, Object> value) {
        return new KafkaName(kafka, key, 1, value);
    }

    private static Object directories(ServerConfig config) {
        return String.join(",", config.storage().directories());
    }

    static boolean isOne(String kafka) {
        return ALL.stream().anyMatch(name -> name.kafka.equals(kafka));
    }

    /// A value by Kafka's name as a value of our key. What is no number stays as it is, for the key to refuse.
    String ours(String text) {
        if (factor == 1) {
            return text.strip();
        }
        try {
            return Long.toString(Math.multiplyExact(Long.parseLong(text.strip()), factor));
        } catch (NumberFormatException | ArithmeticException wrong) {
            return text.strip();
        }
    }

    private String kafkas(ServerConfig config) {
        Object ours = value.apply(config);
        return factor == 1 ? ours.toString() : Long.toString(((Number) ours).longValue() / factor);
    }

    /// What differs from the defaults, by Kafka's names, whichever name it was given by.
    static Map<String, String> changed(ServerConfig config) {
        var changed = new LinkedHashMap<String, String>();
        for (KafkaName name : ALL) {
            String now = name.kafkas(config);
            if (!now.equals(name.kafkas(ServerConfig.DEFAULT))) {
                changed.put(name.kafka, now);
            }
        }
        return changed;
    }
}
