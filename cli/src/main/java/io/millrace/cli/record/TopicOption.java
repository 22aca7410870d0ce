package io.millrace.cli.record;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.PartitionInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The topic that `produce` writes and `consume` reads, and which of its partitions.
final class TopicOption {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(
            names = {"-p", "--partition"},
            split = ",",
            paramLabel = "N",
            description =
                    "Only there; consume takes several, with commas (default: all; produce goes by key, or spreads).")
    private List<Integer> partitions = List.of();

    String name() {
        return topic;
    }

    /// Those asked for; empty for all.
    List<Integer> partitions() {
        return partitions;
    }

    /// Those asked for, or all, in order; what does not exist is refused.
    ///
    /// @param there what the client library knows of the topic: nothing when it does not exist
    List<Integer> among(@Nullable List<PartitionInfo> there) {
        if (there == null || there.isEmpty()) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "There is no topic " + topic, "millrace topic list");
        }
        var numbers = new TreeSet<Integer>();
        there.forEach(info -> numbers.add(info.partition()));
        for (int wanted : partitions) {
            if (!numbers.contains(wanted)) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "Topic " + topic + " has no partition " + wanted,
                        numbers.size() == 1 ? "It has only 0" : "It has 0 to " + numbers.last());
            }
        }
        return partitions.isEmpty()
                ? List.copyOf(numbers)
                : partitions.stream().sorted().distinct().toList();
    }
}
