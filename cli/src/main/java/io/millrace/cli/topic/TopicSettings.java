package io.millrace.cli.topic;

import io.millrace.cli.client.AdminOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What a topic shall be like: the same words to make one and to change one.
final class TopicSettings {
    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            description = "Partitions of each; they can only become more"
                    + " (default: the broker's num.partitions for a new topic, else what it has).")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A topic setting, such as retention.ms=60000. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /// The broker would take Kafka's -1 for its default, which is what leaving the option out means here.
    void refuseFewerThanOne(AdminOption shared) {
        if (partitions.isPresent() && partitions.get() < 1) {
            throw shared.misused("--partitions is 1 or more, or left out");
        }
    }

    Optional<Integer> partitions() {
        return partitions;
    }

    Map<String, String> settings() {
        return settings;
    }

    boolean isEmpty() {
        return partitions.isEmpty() && settings.isEmpty();
    }
}
