package io.millrace.simulator.check;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.ImageDraft;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.world.World;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The metadata as it is committed, before any node has heard of it: what the controller decided is looked at here.
/// Only who is in sync or eligible is elected, epochs rise, and an in-sync set is left empty by a lost disk only.
///
/// Owned by: the thread of the simulation.
public final class CommittedMetadata {
    private final World world;
    private final History history;
    private final Set<String> uncleanTopics;
    private final Map<String, List<Integer>> proposals = new HashMap<>();
    private MetadataImage image;

    /// @param empty what is known before the first record
    /// @param uncleanTopics topics that may lose records for being available
    public CommittedMetadata(World world, MetadataImage empty, History history, Set<String> uncleanTopics) {
        this.world = world;
        this.image = empty;
        this.history = history;
        this.uncleanTopics = Set.copyOf(uncleanTopics);
    }

    public Catalog catalog() {
        return image;
    }

    /// The epoch in which a partition is led at this moment, whoever knows it; -1 when there is no such partition.
    public int leaderEpoch(TopicPartition id) {
        return image.topic(id.topic())
                .filter(topic -> id.partition() < topic.partitions().size())
                .map(topic -> topic.partitions().get(id.partition()).leaderEpoch())
                .orElse(-1);
    }

    /// Whether a node is in sync at this moment, whoever knows it.
    public boolean isInSync(TopicPartition id, int node) {
        return image.topic(id.topic())
                .filter(topic -> id.partition() < topic.partitions().size())
                .filter(topic -> topic.partitions().get(id.partition()).isr().contains(node))
                .isPresent();
    }

    /// Whether a node leads, is in sync or could be elected as it is, at this moment, whoever knows it.
    public boolean isCountedOn(TopicPartition id, int node) {
        return isInSync(id, node)
                || image.topic(id.topic())
                        .filter(topic -> topic.partitions()
                                .get(id.partition())
                                .eligibleLeaderReplicas()
                                .contains(node))
                        .isPresent();
    }

    /// The disk a node is known by.
    public TopicId directoryOf(int node) {
        return image.registration(node)
                .map(MetadataRecord.NodeRegistered::directoryId)
                .orElse(TopicId.NONE);
    }

    /// A leader proposes these as its in-sync replicas: whoever is among them has what the leader shows from now on.
    public void proposed(TopicId topic, int partition, int partitionEpoch, List<Integer> members) {
        proposals.put(topic + "-" + partition + " " + partitionEpoch, members);
    }

    /// A batch is committed.
    public void onCommitted(List<MetadataRecord> records) {
        for (MetadataRecord record : records) {
            world.note("committed: %s", record);
            if (record instanceof PartitionChanged changed) {
                check(changed);
            }
            ImageDraft draft = image.draft();
            draft.apply(record);
            image = draft.image();
        }
    }

    private void check(PartitionChanged changed) {
        Optional<TopicView> topic = image.topic(changed.topicId());
        if (topic.isEmpty()) {
            return;
        }
        PartitionView before = topic.get().partitions().get(changed.partition());
        PartitionState after = changed.state();
        TopicPartition id = new TopicPartition(topic.get().name(), changed.partition());
        if (after.partitionEpoch() <= before.partitionEpoch() || after.leaderEpoch() < before.leaderEpoch()) {
            throw broken(id, "an epoch falls", before, after);
        }
        if (after.leader() != before.leader() && after.leaderEpoch() == before.leaderEpoch()) {
            throw broken(id, "another leader in the same epoch", before, after);
        }
        if (after.leader() >= 0 && !after.isr().contains(after.leader())) {
            throw broken(id, "the leader is not in sync", before, after);
        }
        boolean isLossy =
                after.leader() >= 0 && after.leader() != before.leader() && !isSafe(changed, before, after.leader());
        if (isLossy && !uncleanTopics.contains(id.topic()) && !history.isLossy(id)) {
            throw broken(id, "elected outside the in-sync replicas", before, after);
        }
        if (isLossy) {
            history.allowLoss(id, "unclean election of node " + after.leader());
        }
    }

    private boolean isSafe(PartitionChanged changed, PartitionView before, int elected) {
        // Somebody may join and lead with the same change, when the leader that proposed it is about to stop.
        String asked = changed.topicId() + "-" + changed.partition() + " " + before.partitionEpoch();
        return before.isr().contains(elected)
                || before.eligibleLeaderReplicas().contains(elected)
                || proposals.getOrDefault(asked, List.of()).contains(elected);
    }

    private static Violation broken(TopicPartition id, String how, PartitionView before, PartitionState after) {
        return new Violation("%s: %s: %s becomes %s".formatted(id, how, before, after));
    }
}
