package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.model.ErrorKind;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;

/// Lets leadership go on behind the epochs that logs hold already: somebody moved folders here whose batches another
/// cluster wrote under later epochs. Clients learn epochs from records and commits (KIP-320), and would take our
/// metadata for outdated as long as it names earlier ones. Also for a replica that is damaged, so that what it asked
/// under the last epoch counts no more.
public record RaiseLeaderEpochs(List<Behind> partitions) implements Command<Outcome> {
    public RaiseLeaderEpochs {
        partitions = List.copyOf(partitions);
    }

    /// @param latestEpoch of the batches in the partition's log
    public record Behind(TopicId topic, int partition, int latestEpoch) {}

    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        for (Behind behind : partitions) {
            if (behind.latestEpoch() == Integer.MAX_VALUE) {
                return Decision.unchanged(image, noneIsLater(image, behind));
            }
        }
        Decision.Draft draft = new Decision.Draft(image);
        for (Behind behind : partitions) {
            find(image, behind)
                    .filter(view -> view.leaderEpoch() < behind.latestEpoch())
                    .ifPresent(view -> draft.add(new PartitionChanged(
                            behind.topic(),
                            behind.partition(),
                            PartitionState.of(view).ledFrom(behind.latestEpoch() + 1))));
        }
        return draft.decision(Outcome.OK);
    }

    /// Nobody has elected that often: the folder is damaged, or was made up.
    private static Outcome noneIsLater(MetadataImage image, Behind behind) {
        String topic = image.topic(behind.topic()).map(TopicView::name).orElse(String.valueOf(behind.topic()));
        return Outcome.refused(
                ErrorKind.INVALID_REQUEST,
                "The log of " + topic + "-" + behind.partition() + " holds leader epoch " + behind.latestEpoch()
                        + ", the last there is.");
    }

    private static Optional<PartitionView> find(MetadataImage image, Behind behind) {
        Optional<TopicView> topic = image.topic(behind.topic());
        return topic.filter(found -> behind.partition() >= 0
                        && behind.partition() < found.partitions().size())
                .map(found -> found.partitions().get(behind.partition()));
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
