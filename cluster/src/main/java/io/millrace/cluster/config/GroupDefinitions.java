package io.millrace.cluster.config;

import static io.millrace.cluster.config.ConfigRule.ANY;
import static io.millrace.cluster.config.ConfigRule.atLeast;

import io.millrace.broker.catalog.ConfigEntry.Type;

/// The settings a group can have of its own, by the names of Kafka 4.4. Accepted, kept and shown; those of group kinds that
/// do not exist here yet have no effect.
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
                        Type.INT,
                        "45000",
                        atLeast(1),
                        "Silence after which a member is removed." + LATER)
                .dynamic(
                        kind + ".heartbeat.interval.ms",
                        Type.INT,
                        "5000",
                        atLeast(1),
                        "How often members report." + LATER)
                .dynamic(
                        kind + ".assignment.interval.ms",
                        Type.INT,
                        "1000",
                        atLeast(0),
                        "Shortest time between assignments." + LATER);
    }

    private static void share(ConfigDefinitions.Builder settings) {
        settings.dynamic(
                        "share.auto.offset.reset", Type.STRING, "latest", ANY, "Where a new share group begins." + LATER)
                .dynamic(
                        "share.isolation.level",
                        Type.STRING,
                        "read_uncommitted",
                        ConfigRule.oneOf("read_committed", "read_uncommitted"),
                        "Whether aborted records are shared." + LATER)
                .dynamic(
                        "share.record.lock.duration.ms",
                        Type.INT,
                        "30000",
                        atLeast(1000),
                        "How long a record stays with a member." + LATER)
                .dynamic(
                        "share.delivery.count.limit",
                        Type.INT,
                        "5",
                        atLeast(2),
                        "Deliveries before a record is given up." + LATER)
                .dynamic(
                        "share.partition.max.record.locks",
                        Type.INT,
                        "2000",
                        atLeast(100),
                        "Records of a partition with members at once." + LATER)
                .dynamic(
                        "share.renew.acknowledge.enable",
                        Type.BOOLEAN,
                        "true",
                        ANY,
                        "Whether members may keep records longer." + LATER)
                .dynamic(
                        "errors.deadletterqueue.topic.name",
                        Type.STRING,
                        "",
                        ANY,
                        "Topic for records given up." + LATER)
                .dynamic(
                        "errors.deadletterqueue.copy.record.enable",
                        Type.BOOLEAN,
                        "false",
                        ANY,
                        "Whether the whole record is copied there." + LATER);
    }

    private static void streams(ConfigDefinitions.Builder settings) {
        settings.dynamic(
                        "streams.num.standby.replicas", Type.INT, "0", atLeast(0), "Standby copies of state." + LATER)
                .dynamic(
                        "streams.initial.rebalance.delay.ms",
                        Type.INT,
                        "3000",
                        atLeast(0),
                        "Wait for more members at first." + LATER)
                .dynamic("streams.assignor.name", Type.STRING, null, ANY, "How tasks are assigned." + LATER)
                .dynamic(
                        "streams.rack.aware.assignment.tags",
                        Type.LIST,
                        "",
                        ANY,
                        "Client tags standby copies are spread over." + LATER);
    }
}
