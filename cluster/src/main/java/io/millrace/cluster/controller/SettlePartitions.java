package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Brings partitions in line with which nodes can be counted on: drops who is gone from in-sync sets, and elects. Walks
/// through all partitions in steps of some records, or of some partitions, each, first those that wait for a leader,
/// because their clients do.
///
/// @param scope the partitions concerned
/// @param onlyLed whether this is the first walk, for those without a live leader
/// @param last what comes when all are done
public record SettlePartitions<R>(Scope scope, boolean onlyLed, PartitionCursor from, Command<R> last)
        implements Command<R> {
    /// Records of one step.
    static final int STEP_MAX = 1_000;
    /// Partitions one step looks at: heartbeats wait as long as that takes.
    static final int VISITED_MAX = 5_000;

    /// Which partitions, and what became of the node they lie on.
    public sealed interface Scope {
        /// All there are, when a decision may have been left half done. Those with a single replica are left alone
        /// while they have a leader: the metadata says enough when their node is fenced, and a node that only restarts
        /// need not be written about.
        record All() implements Scope {}

        /// A node went silent, left, or returned.
        record HostedBy(int nodeId) implements Scope {}

        /// Another life of a node came up, with what it had on disk when that one ended.
        record Restarted(int nodeId) implements Scope {}

        /// Another life of a node came up on another disk.
        record Emptied(int nodeId) implements Scope {}

        /// Another life of a node came up without one of its disks, which may have held any of its replicas. Those that
        /// are the only ones stay: what is lost of them is lost, and nobody else is told to cut.
        record LostDisk(int nodeId) implements Scope {}

        /// Topics are about to need fewer replicas in sync for a write.
        ///
        /// @param minimums the coming `min.insync.replicas` of each
        record Lowered(Map<TopicId, Integer> minimums) implements Scope {
            public Lowered {
                minimums = Map.copyOf(minimums);
            }
        }

        /// Topics got settings that may let somebody lead.
        record OfTopics(Set<TopicId> topics) implements Scope {
            public OfTopics {
                topics = Set.copyOf(topics);
            }
        }
    }

    /// @param last is decided when all partitions are done
    static <R> SettlePartitions<R> of(Scope scope, Command<R> last) {
        return new SettlePartitions<>(scope, true, PartitionCursor.START, last);
    }

    public static SettlePartitions<Outcome> of(Scope scope) {
        return of(scope, new Done());
    }

    @Override
    public Decision<R> decide(MetadataImage image, Randomness randomness) {
        Decision.Draft draft = new Decision.Draft(image);
        NodeStandings nodes = NodeStandings.of(image);
        Optional<PartitionCursor> stop = from.walk(image, VISITED_MAX, (topic, partition) -> {
            if (concerns(topic, partition) && !(onlyLed && isLed(partition, nodes))) {
                settled(topic, partition, nodes)
                        .ifPresent(after -> draft.add(new PartitionChanged(topic.id(), partition.index(), after)));
            }
            return draft.size() < STEP_MAX;
        });
        return draft.step(rest(stop));
    }

    private Command<R> rest(Optional<PartitionCursor> stop) {
        if (stop.isPresent()) {
            return new SettlePartitions<>(scope, onlyLed, stop.get(), last);
        }
        return onlyLed ? new SettlePartitions<>(scope, false, PartitionCursor.START, last) : last;
    }

    private boolean concerns(TopicView topic, PartitionView partition) {
        return switch (scope) {
            case Scope.All() -> partition.replicas().size() > 1 || partition.leader() == PartitionView.NO_LEADER;
            case Scope.HostedBy(int nodeId) -> partition.replicas().contains(nodeId);
            case Scope.Restarted(int nodeId) -> isShared(partition, nodeId);
            case Scope.LostDisk(int nodeId) -> isShared(partition, nodeId);
            case Scope.Emptied(int nodeId) -> partition.replicas().contains(nodeId);
            case Scope.Lowered(var minimums) -> minimums.containsKey(topic.id());
            case Scope.OfTopics(var topics) -> topics.contains(topic.id());
        };
    }

    private static boolean isShared(PartitionView partition, int nodeId) {
        return partition.replicas().size() > 1 && partition.replicas().contains(nodeId);
    }

    private static boolean isLed(PartitionView partition, NodeStandings nodes) {
        return partition.leader() != PartitionView.NO_LEADER && nodes.isActive(partition.leader());
    }

    private Optional<PartitionState> settled(TopicView topic, PartitionView partition, NodeStandings nodes) {
        Election election = new Election(partition, nodes, topic.settings());
        return switch (scope) {
            case Scope.All(), Scope.HostedBy(int _), Scope.OfTopics(var _) -> election.decide();
            case Scope.Lowered(var minimums) ->
                election.withMinimum(Objects.requireNonNull(minimums.get(topic.id())))
                        .decide();
            case Scope.Emptied(int nodeId) -> election.emptied(nodeId).decide();
            case Scope.LostDisk(int nodeId) -> election.emptied(nodeId).decide();
            // What was flushed came back; of a page cache nobody knows.
            case Scope.Restarted(int nodeId) ->
                topic.settings().durability() == Durability.FSYNC
                        ? election.decide()
                        : election.unsure(nodeId).decide();
        };
    }

    @Override
    public R refused(Outcome why) {
        return last.refused(why);
    }
}
