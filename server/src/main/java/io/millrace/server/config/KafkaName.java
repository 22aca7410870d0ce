package io.millrace.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A setting that has a name of ours and one of Kafka's: `kafka.group.max.size` is `groups.members-max`. Either may be
/// given, both only when they say the same.
///
/// @param kafka as in a `server.properties`
/// @param key ours
/// @param form how Kafka's text becomes ours
/// @param value ours, as configured
record KafkaName(String kafka, String key, Form form, Function<ServerConfig, Object> value) {
    static final List<KafkaName> ALL = List.of(
            text("node.id", "node.id", config -> config.node().id()),
            text("broker.id", "node.id", config -> config.node().id()),
            text("broker.rack", "node.rack", config -> config.node().rack()),
            new KafkaName(
                    "listeners",
                    "listeners.kafka",
                    Form.LISTENER,
                    config -> config.listeners().kafka()),
            new KafkaName(
                    "advertised.listeners",
                    "listeners.kafka-advertised",
                    Form.LISTENER,
                    config -> config.listeners().kafkaAdvertised()),
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
                    "replica.lag.time.max.ms",
                    "cluster.replica-lag-ms-max",
                    config -> config.cluster().replicaLagMsMax()),
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
                    Form.MINUTES,
                    config -> config.groups().offsetsRetentionMs()),
            text(
                    "offsets.topic.num.partitions",
                    "groups.offsets-partitions",
                    config -> config.groups().offsetsPartitions()),
            text(
                    "offset.metadata.max.bytes",
                    "groups.offset-metadata-bytes-max",
                    config -> config.groups().offsetMetadataBytesMax()));

    /// Without effect by Kafka's name, and there is a key of ours for what it is about.
    private static final Map<String, String> INSTEAD = Map.of(
            "metadata.log.dir", "storage.directories",
            "num.network.threads", "network.event-loops",
            "log.cleaner.io.max.bytes.per.second", "storage.cleaner-bytes-per-second-max");

    private static final Pattern PLAINTEXT = Pattern.compile("PLAINTEXT://([^,/]*):(\\d+)");
    private static final long MS_PER_MINUTE = 60_000;

    /// How Kafka's text becomes ours.
    enum Form {
        SAME,
        MINUTES,
        LISTENER
    }

    private static KafkaName text(String kafka, String key, Function<ServerConfig, Object> value) {
        return new KafkaName(kafka, key, Form.SAME, value);
    }

    private static Object directories(ServerConfig config) {
        return String.join(",", config.storage().directories());
    }

    /// Whether what was said by this name holds for a key of ours.
    static boolean holds(String kafka, String text) {
        return ALL.stream()
                .anyMatch(name -> name.kafka.equals(kafka) && name.ours(text).isPresent());
    }

    /// Our key for what this name of Kafka's says.
    static Optional<String> keyFor(String kafka) {
        return ALL.stream()
                .filter(name -> name.kafka.equals(kafka))
                .map(KafkaName::key)
                .findFirst()
                .or(() -> Optional.ofNullable(INSTEAD.get(kafka)));
    }

    /// A value by Kafka's name as a value of our key; empty when ours can not say the same. What is no number stays as
    /// it is, for the key to refuse.
    Optional<String> ours(String text) {
        return switch (form) {
            case SAME -> Optional.of(text.strip());
            case MINUTES -> Optional.of(milliseconds(text.strip()));
            case LISTENER -> endpoint(text.strip());
        };
    }

    private static String milliseconds(String minutes) {
        try {
            return Long.toString(Math.multiplyExact(Long.parseLong(minutes), MS_PER_MINUTE));
        } catch (NumberFormatException | ArithmeticException wrong) {
            return minutes;
        }
    }

    /// One listener without TLS and login is one of ours; no host stands for all addresses.
    private static Optional<String> endpoint(String listeners) {
        Matcher simple = PLAINTEXT.matcher(listeners);
        return simple.matches()
                ? Optional.of((simple.group(1).isEmpty() ? "0.0.0.0" : simple.group(1)) + ":" + simple.group(2))
                : Optional.empty();
    }

    private String kafkas(ServerConfig config) {
        Object ours = value.apply(config);
        return form == Form.MINUTES ? Long.toString(((Number) ours).longValue() / MS_PER_MINUTE) : ours.toString();
    }

    /// What differs from the defaults, by Kafka's names, whichever name it was given by. Listeners are not among them:
    /// a node says itself where it listens.
    static Map<String, String> changed(ServerConfig config) {
        var changed = new LinkedHashMap<String, String>();
        for (KafkaName name : ALL) {
            String now = name.kafkas(config);
            if (name.form != Form.LISTENER && !now.equals(name.kafkas(ServerConfig.DEFAULT))) {
                changed.put(name.kafka, now);
            }
        }
        return changed;
    }
}
