package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace cluster upgrade`: the last step of an upgrade (UpdateFeatures, KIP-584). The cluster refuses it while a
/// registered node does not know the level.
@Command(
        name = "upgrade",
        description = "Raise the level of the metadata once all nodes run the new release. There is no way back.",
        mixinStandardHelpOptions = true)
final class RaiseLevel implements Runnable {
    @Option(names = "--level", paramLabel = "LEVEL", description = "Default: the highest one the node asked knows.")
    private @Nullable Short level;

    @Option(names = "--dry-run", description = "Only ask whether it could be done.")
    private boolean dryRun;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            ClusterLevels levels = ClusterLevels.ask(admin);
            int wanted = Optional.ofNullable(level)
                    .map(Short::intValue)
                    .or(levels::newest)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.REFUSED, "This cluster tells no level of " + ClusterLevels.FEATURE));
            boolean isThere = levels.finalised().filter(now -> now == wanted).isPresent();
            if (!isThere) {
                raise(admin, wanted);
            }
            tell(wanted, isThere);
        }
    }

    private void raise(Admin admin, int wanted) {
        var update = new FeatureUpdate((short) wanted, FeatureUpdate.UpgradeType.UPGRADE);
        Replies.await(
                admin,
                admin.updateFeatures(
                                Map.of(ClusterLevels.FEATURE, update), new UpdateFeaturesOptions().validateOnly(dryRun))
                        .all());
    }

    private void tell(int wanted, boolean wasThere) {
        boolean raised = !wasThere && !dryRun;
        shared.answer()
                .say(
                        wasThere
                                ? "The cluster works at level " + wanted + " already"
                                : dryRun
                                        ? "The cluster can go to level " + wanted
                                        : "The cluster works at level " + wanted + " now");
        if (shared.isJson()) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("level", wanted);
            answer.put("raised", raised);
            shared.answer().json(answer);
        }
    }
}
