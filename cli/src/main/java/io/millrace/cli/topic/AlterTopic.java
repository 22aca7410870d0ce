package io.millrace.cli.topic;

import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.OutputOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace topic alter`: more partitions, other settings.
@Command(name = "alter", description = "Add partitions, change settings.", mixinStandardHelpOptions = true)
final class AlterTopic implements Runnable {
    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String name = "";

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            description = "Partitions it shall have; they can only become more.")
    private Optional<Integer> partitions = Optional.empty();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "A setting to change. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = {"-u", "--unset"},
            paramLabel = "KEY",
            description = "A setting that shall have its default again. May be repeated.")
    private List<String> unset = new ArrayList<>();

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        if (partitions.isEmpty() && set.isEmpty() && unset.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Nothing to change: --partitions, --set or --unset?");
        }
        try (Admin admin = client.admin()) {
            partitions.ifPresent(
                    count -> Replies.await(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(count)))
                            .all()));
            if (!set.isEmpty() || !unset.isEmpty()) {
                var topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
                Replies.await(
                        admin.incrementalAlterConfigs(Map.of(topic, changes())).all());
            }
        }
        if (output.isJson()) {
            output.to(spec).json(Map.of("topic", name, "altered", true));
        } else {
            output.to(spec).say("Topic " + name + " altered");
        }
    }

    private List<AlterConfigOp> changes() {
        var changes = new ArrayList<AlterConfigOp>();
        set.forEach(
                (key, value) -> changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        unset.forEach(key -> changes.add(new AlterConfigOp(new ConfigEntry(key, ""), AlterConfigOp.OpType.DELETE)));
        return changes;
    }
}
