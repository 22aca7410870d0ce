package io.millrace.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.cluster.local.NodeProcess;
import io.millrace.cli.experiment.history.Verdict;
import io.millrace.cli.experiment.load.FinalRead;
import io.millrace.cli.experiment.load.Load;
import io.millrace.cli.experiment.load.LoadShape;
import io.millrace.conformance.BrokerKind;
import io.millrace.conformance.KafkaTools;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nodes of an older build are replaced by this one, one after the other and under load; then the level of the metadata
/// goes up with Kafka's own tool, what came with it works, and the older build can not come back. The older build is
/// this one, told to know one level less.
final class RollingUpgradeConformance {
    private static final String FEATURE = "millrace.version";
    private static final short OLD = 1;
    private static final short NEW = 2;
    private static final List<String> OLD_BUILD = List.of("-Dmillrace.test.level-max=" + OLD);
    private static final List<String> NEW_BUILD = List.of("-Dmillrace.test.level-max=" + NEW);
    private static final int PARTITIONS = 3;
    private static final int CORDONED = 2;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theLevelGoesUpWhenAllNodesKnowItAndNobodyNotices()
            throws IOException, InterruptedException, ExecutionException {
        if (BrokerKind.underTest() == BrokerKind.KAFKA) {
            throw Skip.because("there is no older Kafka to start with");
        }
        var shape = new LoadShape("upgraded", PARTITIONS, 1, 1, 300, 100);
        try (var cluster = ClusterUnderTest.startWith(OLD_BUILD);
                Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrap()))) {
            cluster.topic(shape.topic(), PARTITIONS);
            try (Load load = Load.begin(cluster.bootstrap(), shape)) {
                awaitMore(load);
                assertThat(level(admin)).isEqualTo(OLD);
                for (NodeProcess node : cluster.nodes().all()) {
                    assertThatThrownBy(() -> raise(admin))
                            .hasCauseInstanceOf(InvalidUpdateVersionException.class)
                            .hasMessageContaining("only supports versions " + OLD);
                    cluster.stop(node);
                    cluster.restart(node, NEW_BUILD);
                    cluster.awaitInSync(shape.topic());
                }
                assertThat(level(admin)).isEqualTo(OLD);
                assertThatThrownBy(() -> cordon(admin))
                        .hasCauseInstanceOf(UnsupportedVersionException.class)
                        .hasMessageContaining("level " + NEW + " of " + FEATURE);

                raiseWithKafkasTool(cluster.bootstrap());

                ClusterUnderTest.await("the level on whichever node is asked", () -> level(admin) == NEW);
                cordon(admin);
                ClusterUnderTest.await("a cordoned node", () -> isCordoned(admin));

                NodeProcess last = cluster.nodes().node(3);
                cluster.stop(last);
                cluster.restart(last, OLD_BUILD);
                assertThat(cluster.awaitEnd(last)).isNotZero();
                assertThat(last.lastLines()).contains(FEATURE);
                System.err.println("an old build says: "
                        + last.lastLines().lines().toList().getLast());
                cluster.restart(last, NEW_BUILD);
                cluster.awaitInSync(shape.topic());
                awaitMore(load);
                load.end();

                Verdict verdict = load.journal().judge(FinalRead.of(cluster.bootstrap(), shape.topic(), PARTITIONS));
                assertThat(verdict.examples()).isEmpty();
                assertThat(load.journal().firstErrors()).isEmpty();
                assertThat(verdict.unknown()).isZero();
            }
        }
    }

    private static void awaitMore(Load load) {
        long wanted = load.journal().acknowledged() + 300;
        ClusterUnderTest.await("more writes", () -> load.journal().acknowledged() >= wanted);
    }

    private static void raise(Admin admin) throws ExecutionException, InterruptedException {
        admin.updateFeatures(
                        Map.of(FEATURE, new FeatureUpdate(NEW, FeatureUpdate.UpgradeType.UPGRADE)),
                        new UpdateFeaturesOptions())
                .all()
                .get();
    }

    private static void raiseWithKafkasTool(String bootstrap) {
        try (var tools = new KafkaTools()) {
            String said = tools.run(
                            "org.apache.kafka.tools.FeatureCommand",
                            List.of("--bootstrap-server", bootstrap, "upgrade", "--feature", FEATURE + "=" + NEW))
                    .ok()
                    .out();
            assertThat(said).contains(FEATURE + " was upgraded to " + NEW);
        }
    }

    private static short level(Admin admin) throws ExecutionException, InterruptedException {
        Map<String, FinalizedVersionRange> finalised =
                admin.describeFeatures().featureMetadata().get().finalizedFeatures();
        return finalised.get(FEATURE).maxVersionLevel();
    }

    private static void cordon(Admin admin) throws ExecutionException, InterruptedException {
        var node = new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(CORDONED));
        var all = new AlterConfigOp(new ConfigEntry("cordoned.log.dirs", "*"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(node, List.of(all))).all().get();
    }

    private static boolean isCordoned(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeLogDirs(List.of(CORDONED)).allDescriptions().get().get(CORDONED).values().stream()
                .allMatch(LogDirDescription::isCordoned);
    }
}
