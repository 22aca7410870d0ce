package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.model.Randomness;
import java.util.Optional;

/// Gives leaderships back to preferred leaders that are in sync again (`auto.leader.rebalance.enable`).
public record BalanceLeaders(PartitionCursor from) implements Command<Outcome> {
    public static BalanceLeaders all() {
        return new BalanceLeaders(PartitionCursor.START);
    }

    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        Decision.Draft draft = new Decision.Draft(image);
        NodeStandings nodes = NodeStandings.of(image);
        Optional<PartitionCursor> stop = from.walk(image, (topic, partition) -> {
            int preferred = partition.replicas().getFirst();
            if (partition.leader() != preferred && partition.isr().contains(preferred) && nodes.isActive(preferred)) {
                new Election(partition, nodes, topic.settings())
                        .preferred()
                        .decide()
                        .ifPresent(after -> draft.add(new PartitionChanged(topic.id(), partition.index(), after)));
            }
            return draft.size() < SettlePartitions.STEP_MAX;
        });
        return stop.isPresent() ? draft.step(new BalanceLeaders(stop.get())) : draft.decision(Outcome.OK);
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
