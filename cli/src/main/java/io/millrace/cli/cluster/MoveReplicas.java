package io.millrace.cli.cluster;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.PartitionSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace cluster move`: partitions go to the nodes named.
@Command(
        name = "move",
        description = "Move partitions to other nodes.",
        mixinStandardHelpOptions = true,
        footer = {"", "millrace cluster move orders:0,1 --replicas 3,1,2"})
final class MoveReplicas implements Runnable {
    @Parameters(
            arity = "1..*",
            paramLabel = "TOPIC[:PARTITION,...]",
            description = "All partitions of a topic, or some.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--replicas",
            required = true,
            split = ",",
            paramLabel = "NODE",
            description = "The nodes that shall have them, the preferred leader first.")
    private List<Integer> replicas = new ArrayList<>();

    @Option(names = "--no-wait", description = "Do not wait until they are there.")
    private boolean noWait;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        List<TopicPartition> partitions;
        try (Admin admin = shared.admin()) {
            partitions = PartitionSet.of(admin, names);
            Map<TopicPartition, List<Integer>> targets = new HashMap<>();
            partitions.forEach(partition -> targets.put(partition, replicas));
            Moves.begin(admin, targets);
            if (!noWait) {
                await(admin, partitions);
            }
        }
        String where = replicas.stream()
                .map(String::valueOf)
                .reduce((one, other) -> one + ", " + other)
                .orElse("");
        shared.answer()
                .say(partitions.size() + " partition(s) " + (noWait ? "on the way to " : "on ") + "nodes " + where);
        if (shared.isJson()) {
            shared.answer()
                    .json(Map.of(
                            "partitions",
                            partitions.stream().map(TopicPartition::toString).toList(),
                            "replicas",
                            replicas,
                            "done",
                            !noWait));
        }
    }

    private void await(Admin admin, List<TopicPartition> partitions) {
        int before = partitions.size();
        for (int left = Moves.left(admin, partitions); left > 0; left = Moves.left(admin, partitions)) {
            if (left < before) {
                shared.mention(left + " of " + partitions.size() + " partitions on the way");
                before = left;
            }
            Moves.pause();
        }
    }
}
