package io.millrace.cluster.controller;

import io.millrace.broker.catalog.ClusterChanges.Election;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Somebody wants other leaders (KIP-183, KIP-460).
///
/// @param earlier outcomes of partitions that earlier steps decided
public record ElectLeaders(Election election, List<PartitionRef> partitions, List<Outcome> earlier)
        implements Command<List<Outcome>> {
    public ElectLeaders {
        partitions = List.copyOf(partitions);
        earlier = List.copyOf(earlier);
    }

    public ElectLeaders(Election election, List<PartitionRef> partitions) {
        this(election, partitions, List.of());
    }

    @Override
    public Decision<List<Outcome>> decide(MetadataImage image, Randomness randomness) {
        Decision.Draft draft = new Decision.Draft(image);
        NodeStandings nodes = NodeStandings.of(image);
        List<Outcome> outcomes = new ArrayList<>(earlier);
        int end = Math.min(partitions.size(), SettlePartitions.STEP_MAX);
        for (PartitionRef ref : partitions.subList(0, end)) {
            outcomes.add(elect(ref, image, nodes, draft));
        }
        return end == partitions.size()
                ? draft.decision(outcomes)
                : draft.step(new ElectLeaders(election, partitions.subList(end, partitions.size()), outcomes));
    }

    private Outcome elect(PartitionRef ref, MetadataImage image, NodeStandings nodes, Decision.Draft draft) {
        Optional<TopicView> topic = image.topic(ref.topic());
        if (topic.isEmpty()) {
            return Outcome.refused(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + ref.topic());
        }
        if (ref.partition() < 0 || ref.partition() >= topic.get().partitions().size()) {
            return Outcome.refused(
                    ErrorKind.UNKNOWN_TOPIC_OR_PARTITION,
                    "No such partition as " + ref.topic() + "-" + ref.partition());
        }
        PartitionView partition = topic.get().partitions().get(ref.partition());
        if (!isNeeded(partition)) {
            return Outcome.refused(ErrorKind.ELECTION_NOT_NEEDED, "");
        }
        Optional<PartitionState> after = decide(partition, topic.get(), nodes);
        if (after.isEmpty() || !hasWhatIsWanted(after.get())) {
            return Outcome.refused(
                    switch (election) {
                        case PREFERRED -> ErrorKind.PREFERRED_LEADER_NOT_AVAILABLE;
                        case UNCLEAN -> ErrorKind.ELIGIBLE_LEADERS_NOT_AVAILABLE;
                    },
                    "");
        }
        draft.add(new PartitionChanged(topic.get().id(), partition.index(), after.get()));
        return Outcome.OK;
    }

    private boolean isNeeded(PartitionView partition) {
        return switch (election) {
            case PREFERRED -> partition.leader() != partition.replicas().getFirst();
            case UNCLEAN -> partition.leader() == PartitionView.NO_LEADER;
        };
    }

    private Optional<PartitionState> decide(PartitionView partition, TopicView topic, NodeStandings nodes) {
        var decision = new io.millrace.cluster.controller.Election(partition, nodes, topic.settings());
        return switch (election) {
            case PREFERRED -> decision.preferred().decide();
            case UNCLEAN -> decision.allowingLoss().decide();
        };
    }

    private boolean hasWhatIsWanted(PartitionState after) {
        return switch (election) {
            case PREFERRED -> after.leader() == after.replicas().getFirst();
            case UNCLEAN -> after.leader() != PartitionView.NO_LEADER;
        };
    }

    @Override
    public List<Outcome> refused(Outcome why) {
        return Collections.nCopies(earlier.size() + partitions.size(), why);
    }
}
