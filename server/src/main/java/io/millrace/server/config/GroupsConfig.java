package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// Consumer groups (Kafka's defaults).
///
/// @param initialRebalanceDelayMs how long a new group waits for more members (`group.initial.rebalance.delay.ms`)
/// @param sessionMsMin shortest session a member may ask for (`group.min.session.timeout.ms`)
/// @param sessionMsMax longest session a member may ask for (`group.max.session.timeout.ms`)
/// @param membersMax members per group (`group.max.size`)
/// @param offsetsRetentionMs how long offsets of an empty group are kept (`offsets.retention.minutes`)
/// @param offsetsPartitions partitions of `__consumer_offsets` (`offsets.topic.num.partitions`)
/// @param offsetMetadataBytesMax metadata that may come with a commit (`offset.metadata.max.bytes`)
public record GroupsConfig(
        int initialRebalanceDelayMs,
        int sessionMsMin,
        int sessionMsMax,
        int membersMax,
        long offsetsRetentionMs,
        int offsetsPartitions,
        int offsetMetadataBytesMax) {
    public static final GroupsConfig DEFAULT =
            new GroupsConfig(3_000, 6_000, 1_800_000, Integer.MAX_VALUE, 604_800_000L, 50, 4_096);

    public GroupsConfig {
        require(initialRebalanceDelayMs >= 0, "groups.initial-rebalance-delay-ms must be 0 or more");
        require(sessionMsMin >= 1, "groups.session-ms-min must be at least 1");
        require(sessionMsMax >= sessionMsMin, "groups.session-ms-max must not be below groups.session-ms-min");
        require(membersMax >= 1, "groups.members-max must be at least 1");
        require(offsetsRetentionMs >= 1, "groups.offsets-retention-ms must be at least 1");
        require(offsetsPartitions >= 1, "groups.offsets-partitions must be at least 1");
        require(offsetMetadataBytesMax >= 0, "groups.offset-metadata-bytes-max must be 0 or more");
    }
}
