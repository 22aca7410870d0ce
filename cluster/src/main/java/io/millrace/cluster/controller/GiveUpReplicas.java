package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.model.Randomness;
import io.millrace.model.TopicIdPartition;
import java.util.List;
import java.util.Optional;

/// A node cannot serve some of its replicas, because their disk failed: others lead, and it is in sync no more where
/// anybody else is.
public record GiveUpReplicas(int nodeId, long nodeEpoch, List<TopicIdPartition> partitions)
        implements Command<Outcome> {
    public GiveUpReplicas {
        partitions = List.copyOf(partitions);
    }

    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        Optional<Outcome> refusal = NodeEpochs.refuse(nodeId, nodeEpoch, image);
        if (refusal.isPresent()) {
            return Decision.unchanged(image, refusal.get());
        }
        Decision.Draft draft = new Decision.Draft(image);
        NodeStandings nodes = NodeStandings.of(image);
        int end = Math.min(partitions.size(), SettlePartitions.STEP_MAX);
        partitions.subList(0, end).stream().distinct().forEach(id -> giveUp(id, image, nodes, draft));
        return end == partitions.size()
                ? draft.decision(Outcome.OK)
                : draft.step(new GiveUpReplicas(nodeId, nodeEpoch, partitions.subList(end, partitions.size())));
    }

    private void giveUp(TopicIdPartition id, MetadataImage image, NodeStandings nodes, Decision.Draft draft) {
        Optional<TopicView> topic = image.topic(id.topicId());
        if (topic.isEmpty()
                || id.partition() < 0
                || id.partition() >= topic.get().partitions().size()) {
            return;
        }
        PartitionView partition = topic.get().partitions().get(id.partition());
        if (partition.replicas().contains(nodeId)) {
            new Election(partition, nodes, topic.get().settings())
                    .gaveUp(nodeId)
                    .decide()
                    .ifPresent(after -> draft.add(new PartitionChanged(id.topicId(), id.partition(), after)));
        }
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
