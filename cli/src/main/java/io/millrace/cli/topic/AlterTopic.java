package io.millrace.cli.topic;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic alter`: more partitions, other settings.
@Command(name = "alter", description = "Add partitions, change settings.", mixinStandardHelpOptions = true)
final class AlterTopic implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name = "";

    @Mixin
    private final TopicSettings wanted = new TopicSettings();

    @Option(
            names = {"-u", "--unset"},
            paramLabel = "KEY",
            description = "A setting that shall have its default again. May be repeated.")
    private List<String> unset = new ArrayList<>();

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        wanted.refuseFewerThanOne(shared);
        if (wanted.isEmpty() && unset.isEmpty()) {
            throw shared.misused("Nothing to change: --partitions, --set or --unset?");
        }
        try (Admin admin = shared.admin()) {
            wanted.partitions()
                    .ifPresent(count -> Replies.await(
                            admin,
                            admin.createPartitions(Map.of(name, NewPartitions.increaseTo(count)))
                                    .all()));
            if (!wanted.settings().isEmpty() || !unset.isEmpty()) {
                var topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
                Replies.await(
                        admin,
                        admin.incrementalAlterConfigs(Map.of(topic, changes())).all());
            }
        }
        if (shared.isJson()) {
            shared.answer().json(Map.of("topic", name, "altered", true));
        } else {
            shared.answer().say("Topic " + name + " altered");
        }
    }

    private List<AlterConfigOp> changes() {
        var changes = new ArrayList<AlterConfigOp>();
        wanted.settings()
                .forEach((key, value) ->
                        changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        unset.forEach(key -> changes.add(new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE)));
        return changes;
    }
}
