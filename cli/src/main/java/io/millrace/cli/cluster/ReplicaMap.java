package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/// Which node has replicas of what, with the moves under way.
///
/// @param partitions of all topics, those of the broker itself too
record ReplicaMap(List<Placed> partitions) {
    /// @param replicas where it is now, on the way from and to included
    /// @param target where it is once a move under way is done
    /// @param inSync of the replicas
    /// @param isMoving whether there is a move
    record Placed(
            TopicPartition id, List<Integer> replicas, List<Integer> target, List<Integer> inSync, boolean isMoving) {}

    static ReplicaMap ask(Admin admin) {
        var names = Replies.await(
                admin,
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        // Before the topics: a move that ends in between is then seen as what it came to.
        Map<TopicPartition, PartitionReassignment> moves =
                Replies.await(admin, admin.listPartitionReassignments().reassignments());
        var partitions = new ArrayList<Placed>();
        for (KafkaFuture<TopicDescription> answer :
                admin.describeTopics(names).topicNameValues().values()) {
            described(admin, answer).ifPresent(topic -> {
                for (var info : topic.partitions()) {
                    var id = new TopicPartition(topic.name(), info.partition());
                    List<Integer> replicas =
                            info.replicas().stream().map(Node::id).toList();
                    PartitionReassignment move = moves.get(id);
                    List<Integer> leaving = move == null ? List.of() : move.removingReplicas();
                    List<Integer> target = replicas.stream()
                            .filter(node -> !leaving.contains(node))
                            .toList();
                    List<Integer> inSync = info.isr().stream().map(Node::id).toList();
                    partitions.add(new Placed(id, replicas, target, inSync, move != null));
                }
            });
        }
        return new ReplicaMap(List.copyOf(partitions));
    }

    /// Empty when the topic was deleted meanwhile.
    private static Optional<TopicDescription> described(Admin admin, KafkaFuture<TopicDescription> answer) {
        try {
            return Optional.of(Replies.await(admin, answer));
        } catch (CommandFailure failure) {
            if (failure.exit() == ExitCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// Replicas of each node.
    Map<Integer, Integer> load() {
        var load = new HashMap<Integer, Integer>();
        partitions.forEach(placed -> placed.replicas().forEach(node -> load.merge(node, 1, Integer::sum)));
        return load;
    }

    /// What is on that node.
    List<Placed> on(int node) {
        return partitions.stream()
                .filter(placed -> placed.replicas().contains(node))
                .toList();
    }
}
