package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.cluster.ClusterMembers.Member;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Description;
import io.millrace.cli.output.Missing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace cluster status`.
@Command(name = "status", description = "Show the nodes and who votes.", mixinStandardHelpOptions = true)
final class ClusterStatus implements Runnable {
    private static final List<Column<Member>> COLUMNS = List.of(
            new Column<>("node", Member::id),
            new Column<>("address", Member::address),
            new Column<>("rack", Member::rack),
            new Column<>("state", Member::state),
            new Column<>("vote", Member::vote),
            new Column<>("behind", Member::behind));

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            ClusterMembers cluster = asked(admin);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("cluster", cluster.clusterId());
            facts.put("controller", cluster.quorum().leaderId());
            facts.put("epoch", cluster.quorum().leaderEpoch());
            Optional<Integer> level = ClusterLevels.ask(admin).finalised();
            level.ifPresent(number -> facts.put("level", number));
            String headline = "Cluster " + cluster.clusterId() + "  controller "
                    + cluster.quorum().leaderId() + " in epoch "
                    + cluster.quorum().leaderEpoch()
                    + level.map(number -> "  level " + number).orElse("");
            shared.answer()
                    .descriptions(List.of(new Description(
                            headline, facts, List.of(new Description.Part<>("nodes", COLUMNS, cluster.members())))));
        }
    }

    /// Without a controller what any node knows is shown, and why there is no more.
    private ClusterMembers asked(Admin admin) {
        ClusterMembers.Known known = ClusterMembers.Known.ask(admin);
        try {
            return ClusterMembers.ask(admin, known);
        } catch (CommandFailure failure) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("cluster", known.clusterId());
            facts.put("controller", Missing.VALUE);
            shared.answer()
                    .descriptions(List.of(new Description(
                            "Cluster " + known.clusterId() + "  no controller",
                            facts,
                            List.of(new Description.Part<>("nodes", COLUMNS, known.members())))));
            throw failure;
        }
    }
}
