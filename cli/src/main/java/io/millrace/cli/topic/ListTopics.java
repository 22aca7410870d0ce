package io.millrace.cli.topic;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Column;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace topic list`.
@Command(name = "list", description = "List topics.", mixinStandardHelpOptions = true)
final class ListTopics implements Runnable {
    private static final List<Column<TopicDescription>> COLUMNS = List.of(
            new Column<>("topic", TopicDescription::name),
            new Column<>("partitions", topic -> topic.partitions().size()),
            new Column<>(
                    "replicas",
                    topic -> topic.partitions().isEmpty()
                            ? 0
                            : topic.partitions().getFirst().replicas().size()));

    @Option(names = "--internal", description = "Internal topics too, such as __consumer_offsets.")
    private boolean internal;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            var names = Replies.await(
                    admin,
                    admin.listTopics(new ListTopicsOptions().listInternal(internal))
                            .names());
            List<TopicDescription> topics =
                    Replies.await(admin, admin.describeTopics(names).allTopicNames()).values().stream()
                            .sorted(Comparator.comparing(TopicDescription::name))
                            .toList();
            shared.answer().rows(COLUMNS, topics);
        }
    }
}
