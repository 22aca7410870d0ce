package io.millrace.broker.group;

/// Limits and delays of groups, with Kafka's names.
///
/// @param sessionTimeoutMinMs `group.min.session.timeout.ms`
/// @param sessionTimeoutMaxMs `group.max.session.timeout.ms`
/// @param groupSizeMax most members one group may have (`group.max.size`)
/// @param pendingMembersMax most member ids of one group that were handed out and not used yet (Kafka has no such
/// limit)
/// @param memberBytesMax most a member may tell about itself, all its protocols together (Kafka has no such limit)
/// @param shardBytesMax about how much of what members tell one shard keeps on the heap (Kafka has no such limit)
/// @param initialRebalanceDelayMs how long an empty group waits for more members (`group.initial.rebalance.delay.ms`)
/// @param newMemberJoinTimeoutMs how long a member that does not know its id yet may wait for others
/// @param offsetMetadataBytesMax longest note on a commit (`offset.metadata.max.bytes`)
/// @param offsetsRetentionMs how long positions of a group without members are kept (`offsets.retention.minutes`)
/// @param offsetsRetentionCheckMs how often that is looked at (`offsets.retention.check.interval.ms`)
/// @param commitTimeoutMs longest wait for the log before a client hears of it (`offsets.commit.timeout.ms`)
/// @param offsetsTopicPartitions partitions of `__consumer_offsets` when it is created (`offsets.topic.num.partitions`)
/// @param offsetsTopicReplicationFactor its copies, -1 for the default (`offsets.topic.replication.factor`)
/// @param offsetsTopicSegmentBytes its segment size (`offsets.topic.segment.bytes`)
/// @param loadBytes how much of a log is read at once while loading (`offsets.load.buffer.size`)
public record GroupConfig(
        int sessionTimeoutMinMs,
        int sessionTimeoutMaxMs,
        int groupSizeMax,
        int pendingMembersMax,
        int memberBytesMax,
        long shardBytesMax,
        int initialRebalanceDelayMs,
        int newMemberJoinTimeoutMs,
        int offsetMetadataBytesMax,
        long offsetsRetentionMs,
        long offsetsRetentionCheckMs,
        int commitTimeoutMs,
        int offsetsTopicPartitions,
        int offsetsTopicReplicationFactor,
        int offsetsTopicSegmentBytes,
        int loadBytes) {
    /// Longest text a client may choose that gets stored: its UTF-8 form always fits a record's string of 32,767 bytes.
    private static final int TEXT_CHARS_MAX = 10_000;

    /// Kafka 4.4's defaults.
    public static final GroupConfig DEFAULT = new GroupConfig(
            6_000,
            1_800_000,
            Integer.MAX_VALUE,
            100_000,
            1_048_576,
            16_777_216,
            3_000,
            300_000,
            4_096,
            604_800_000L,
            600_000L,
            5_000,
            50,
            -1,
            104_857_600,
            5_242_880);

    public GroupConfig {
        require(sessionTimeoutMinMs > 0, "group.min.session.timeout.ms must be positive");
        require(sessionTimeoutMaxMs >= sessionTimeoutMinMs, "group.max.session.timeout.ms is below the minimum");
        require(groupSizeMax > 0, "group.max.size must be positive");
        require(pendingMembersMax > 0, "the limit of pending members must be positive");
        require(memberBytesMax > 0, "the limit of a member's bytes must be positive");
        require(shardBytesMax >= memberBytesMax, "a shard must have room for one member");
        require(initialRebalanceDelayMs >= 0, "group.initial.rebalance.delay.ms must not be negative");
        require(newMemberJoinTimeoutMs > 0, "the join timeout of new members must be positive");
        require(
                offsetMetadataBytesMax >= 0 && offsetMetadataBytesMax <= TEXT_CHARS_MAX,
                "offset.metadata.max.bytes must be from 0 to " + TEXT_CHARS_MAX);
        require(offsetsRetentionMs > 0, "offsets.retention.minutes must be positive");
        require(offsetsRetentionCheckMs > 0, "offsets.retention.check.interval.ms must be positive");
        require(commitTimeoutMs > 0, "offsets.commit.timeout.ms must be positive");
        require(offsetsTopicPartitions > 0, "offsets.topic.num.partitions must be positive");
        require(offsetsTopicSegmentBytes > 0, "offsets.topic.segment.bytes must be positive");
        require(loadBytes > 0, "offsets.load.buffer.size must be positive");
    }

    public GroupConfig withInitialRebalanceDelayMs(int delayMs) {
        return with(groupSizeMax, memberBytesMax, shardBytesMax, delayMs, offsetsTopicPartitions);
    }

    public GroupConfig withGroupSizeMax(int members) {
        return with(members, memberBytesMax, shardBytesMax, initialRebalanceDelayMs, offsetsTopicPartitions);
    }

    public GroupConfig withBytesMax(int ofMember, long ofShard) {
        return with(groupSizeMax, ofMember, ofShard, initialRebalanceDelayMs, offsetsTopicPartitions);
    }

    public GroupConfig withOffsetsTopicPartitions(int partitions) {
        return with(groupSizeMax, memberBytesMax, shardBytesMax, initialRebalanceDelayMs, partitions);
    }

    private GroupConfig with(int sizeMax, int ofMember, long ofShard, int delayMs, int partitions) {
        return new GroupConfig(
                sessionTimeoutMinMs,
                sessionTimeoutMaxMs,
                sizeMax,
                pendingMembersMax,
                ofMember,
                ofShard,
                delayMs,
                newMemberJoinTimeoutMs,
                offsetMetadataBytesMax,
                offsetsRetentionMs,
                offsetsRetentionCheckMs,
                commitTimeoutMs,
                partitions,
                offsetsTopicReplicationFactor,
                offsetsTopicSegmentBytes,
                loadBytes);
    }

    static boolean isTextTooLong(String text) {
        return text.length() > TEXT_CHARS_MAX;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
