package io.millrace.cluster.config;

import static io.millrace.broker.catalog.ConfigEntry.Type.BOOLEAN;
import static io.millrace.broker.catalog.ConfigEntry.Type.INT;
import static io.millrace.broker.catalog.ConfigEntry.Type.LIST;
import static io.millrace.broker.catalog.ConfigEntry.Type.STRING;
import static io.millrace.cluster.config.ConfigRule.ANY;
import static io.millrace.cluster.config.ConfigRule.atLeast;

/// The settings a group can have of its own, by the names of Kafka 4.4. Accepted, kept and shown; those of group kinds
/// that do not exist here yet have no effect.
public final class GroupDefinitions {
    private static final String LATER = " Accepted and shown, but without effect yet.";

    public static final ConfigDefinitions DEFINITIONS = definitions();

    private GroupDefinitions() {}

    private static ConfigDefinitions definitions() {
        ConfigDefinitions.Builder settings = new ConfigDefinitions.Builder();
        kind(settings, "consumer");
        kind(settings, "share");
        kind(settings, "streams");
        share(settings);
        streams(settings);
        return settings.build();
    }

    private static void kind(ConfigDefinitions.Builder settings, String kind) {
        settings.dynamic(
                        kind + ".session.timeout.ms",
                        INT,
                        "45000",
                        atLeast(1),
                        "Silence after which a member is removed." + LATER)
                .dynamic(kind + ".heartbeat.interval.ms", INT, "5000", atLeast(1), "How often members report." + LATER)
                .dynamic(
                        kind + ".assignment.interval.ms",
                        INT,
                        "1000",
                        atLeast(0),
                        "Shortest time between assignments." + LATER);
    }

    private static void share(ConfigDefinitions.Builder settings) {
        settings.dynamic("share.auto.offset.reset", STRING, "latest", ANY, "Where a new share group begins." + LATER)
                .dynamic(
                        "share.isolation.level",
                        STRING,
                        "read_uncommitted",
                        ConfigRule.oneOf("read_committed", "read_uncommitted"),
                        "Whether aborted records are shared." + LATER)
                .dynamic(
                        "share.record.lock.duration.ms",
                        INT,
                        "30000",
                        atLeast(1000),
                        "How long a record stays with a member." + LATER)
                .dynamic(
                        "share.delivery.count.limit",
                        INT,
                        "5",
                        atLeast(2),
                        "Deliveries before a record is given up." + LATER)
                .dynamic(
                        "share.partition.max.record.locks",
                        INT,
                        "2000",
                        atLeast(100),
                        "Records of a partition with members at once." + LATER)
                .dynamic(
                        "share.renew.acknowledge.enable",
                        BOOLEAN,
                        "true",
                        ANY,
                        "Whether members may keep records longer." + LATER)
                .dynamic("errors.deadletterqueue.topic.name", STRING, "", ANY, "Topic for records given up." + LATER)
                .dynamic(
                        "errors.deadletterqueue.copy.record.enable",
                        BOOLEAN,
                        "false",
                        ANY,
                        "Whether the whole record is copied there." + LATER);
    }

    private static void streams(ConfigDefinitions.Builder settings) {
        settings.dynamic("streams.num.standby.replicas", INT, "0", atLeast(0), "Standby copies of state." + LATER)
                .dynamic(
                        "streams.initial.rebalance.delay.ms",
                        INT,
                        "3000",
                        atLeast(0),
                        "Wait for more members at first." + LATER)
                .dynamic("streams.assignor.name", STRING, null, ANY, "How tasks are assigned." + LATER)
                .dynamic(
                        "streams.rack.aware.assignment.tags",
                        LIST,
                        "",
                        ANY,
                        "Client tags standby copies are spread over." + LATER);
    }
}
