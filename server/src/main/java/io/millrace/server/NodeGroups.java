package io.millrace.server;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.group.GroupConfig;
import io.millrace.broker.group.GroupCoordinator;
import io.millrace.broker.group.ShardHomes;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.kafka.mapping.ConsumerSubscriptions;
import io.millrace.kafka.mapping.OffsetsTopicCodec;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.server.config.GroupsConfig;

/// Makes the node's group coordinator.
final class NodeGroups {
    private NodeGroups() {}

    static GroupCoordinator open(
            int nodeId,
            int clusterSize,
            GroupsConfig config,
            CatalogSource catalog,
            ShardHomes homes,
            Clock clock,
            Randomness randomness) {
        return new GroupCoordinator(new GroupCoordinator.Parts(
                nodeId,
                clusterSize,
                settings(config),
                catalog,
                homes,
                clock,
                randomness,
                new OffsetsTopicCodec(),
                new ConsumerSubscriptions(),
                new GroupLog()));
    }

    /// Keeps groups in step with what exists: positions in deleted topics are forgotten, and whatever this node has
    /// come to lead of the offsets topic is loaded.
    static void onChange(GroupCoordinator groups, CatalogDelta delta) {
        delta.deleted().forEach(topic -> groups.onTopicDeleted(topic.name()));
        boolean leadersChanged = delta.changed().stream()
                .anyMatch(changed -> changed.after().name().equals(GroupCoordinator.OFFSETS_TOPIC));
        if (leadersChanged) {
            groups.loadAll();
        }
    }

    private static GroupConfig settings(GroupsConfig config) {
        GroupConfig defaults = GroupConfig.DEFAULT;
        return new GroupConfig(
                config.sessionMsMin(),
                config.sessionMsMax(),
                config.membersMax(),
                defaults.pendingMembersMax(),
                defaults.memberBytesMax(),
                defaults.shardBytesMax(),
                config.initialRebalanceDelayMs(),
                defaults.newMemberJoinTimeoutMs(),
                config.offsetMetadataBytesMax(),
                config.offsetsRetentionMs(),
                defaults.offsetsRetentionCheckMs(),
                defaults.commitTimeoutMs(),
                config.offsetsPartitions(),
                defaults.offsetsTopicReplicationFactor(),
                defaults.offsetsTopicSegmentBytes(),
                defaults.loadBytes());
    }
}
