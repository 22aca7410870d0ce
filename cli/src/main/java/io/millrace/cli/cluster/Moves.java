package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Asks for moves of replicas (AlterPartitionReassignments, KIP-455) and waits for them.
final class Moves {
    private static final int PARTITIONS_PER_REQUEST = 500;
    private static final long LOOK_EVERY_MS = 500;

    private Moves() {}

    static void begin(Admin admin, Map<TopicPartition, List<Integer>> targets) {
        send(admin, wishes(targets)).forEach(answer -> Replies.await(admin, answer));
    }

    /// The same for what still exists.
    static void beginWhereThere(Admin admin, Map<TopicPartition, List<Integer>> targets) {
        send(admin, wishes(targets)).forEach(answer -> awaitWhereThere(admin, answer));
    }

    /// Those that are done meanwhile stay where they are.
    static void cancel(Admin admin, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> wishes = new HashMap<>();
        partitions.forEach(partition -> wishes.put(partition, Optional.empty()));
        send(admin, wishes).forEach(answer -> awaitWhereThere(admin, answer));
    }

    private static Map<TopicPartition, Optional<NewPartitionReassignment>> wishes(
            Map<TopicPartition, List<Integer>> targets) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> wishes = new HashMap<>();
        targets.forEach(
                (partition, target) -> wishes.put(partition, Optional.of(new NewPartitionReassignment(target))));
        return wishes;
    }

    /// One answer for each partition.
    private static List<KafkaFuture<Void>> send(
            Admin admin, Map<TopicPartition, Optional<NewPartitionReassignment>> wishes) {
        List<TopicPartition> all = new ArrayList<>(wishes.keySet());
        List<KafkaFuture<Void>> answers = new ArrayList<>(all.size());
        for (int first = 0; first < all.size(); first += PARTITIONS_PER_REQUEST) {
            Map<TopicPartition, Optional<NewPartitionReassignment>> request = new HashMap<>(wishes);
            request.keySet().retainAll(all.subList(first, Math.min(all.size(), first + PARTITIONS_PER_REQUEST)));
            answers.addAll(admin.alterPartitionReassignments(request).values().values());
        }
        return answers;
    }

    private static void awaitWhereThere(Admin admin, KafkaFuture<Void> answer) {
        try {
            Replies.await(admin, answer);
        } catch (CommandFailure failure) {
            if (!(failure.getCause() instanceof UnknownTopicOrPartitionException
                    || failure.getCause() instanceof NoReassignmentInProgressException)) {
                throw failure;
            }
        }
    }

    /// How many of these are on their way.
    static int left(Admin admin, Collection<TopicPartition> partitions) {
        Set<TopicPartition> moving = new HashSet<>(
                Replies.await(admin, admin.listPartitionReassignments().reassignments())
                        .keySet());
        moving.retainAll(Set.copyOf(partitions));
        return moving.size();
    }

    static void pause() {
        try {
            Thread.sleep(LOOK_EVERY_MS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted; what was asked for goes on");
        }
    }
}
