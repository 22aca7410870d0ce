package io.millrace.cli.start;

import io.millrace.cli.ExitCode;
import io.millrace.cli.config.ConfigOption;
import io.millrace.server.Node;
import io.millrace.server.config.ConfigValue;
import io.millrace.server.config.EffectiveConfig;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.StopLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `millrace start`: runs a node until Ctrl-C or SIGTERM, then drains it.
@Command(
        name = "start",
        description = "Run a node in the foreground. Ctrl-C drains it and stops clean.",
        mixinStandardHelpOptions = true,
        footer = {"", "millrace start --data /srv/millrace --set listeners.kafka=127.0.0.1:9092"})
public final class StartCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(StartCommand.class);

    /// What the leader may take to say who votes.
    private static final long QUORUM_MS_MAX = 1_000;

    /// Beyond the drain, for writing everything out.
    private static final long STOP_MARGIN_MS = 60_000;

    @Option(names = "--train", hidden = true, description = "Start, be a client once, stop: makes the AOT cache.")
    private boolean train;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        EffectiveConfig effective = config.load();
        ServerConfig server = effective.config();
        sayWhatHasNoEffect(effective.withoutEffect());
        effective.warnings().forEach(warning -> LOG.warn("event=setting-doubtful reason=\"{}\"", warning));
        Node node = Node.start(server);
        // Only a node that runs has something to drain. One that could not start ends at once and with its error, which
        // a stop that went well would turn into exit code 0.
        var stop = new StopLoop(server.node().drainMs() + STOP_MARGIN_MS);
        node.whenFailed(stop::failed);
        try {
            run(node, server, stop);
        } finally {
            stop.stopped();
        }
        return (stop.hasFailed() ? ExitCode.FAILED : ExitCode.OK).number();
    }

    private static void sayWhatHasNoEffect(List<ConfigValue> idle) {
        if (!idle.isEmpty()) {
            LOG.warn(
                    "event=settings-without-effect keys={}",
                    String.join(",", idle.stream().map(StartCommand::idle).toList()));
        }
    }

    private static String idle(ConfigValue value) {
        return value.key()
                + EffectiveConfig.insteadOf(value)
                        .map(key -> "(use:" + key + ")")
                        .orElse("");
    }

    private void run(Node node, ServerConfig server, StopLoop stop) throws InterruptedException {
        try {
            announce(node, server);
            if (train) {
                Training.use(node.kafkaAddress());
            } else {
                stop.awaitSignal();
            }
        } finally {
            node.stop();
        }
    }

    private void announce(Node node, ServerConfig server) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        List<String> folders = server.storage().directories().stream()
                .map(folder -> Path.of(folder).toAbsolutePath().normalize().toString())
                .toList();
        out.println("node       " + server.node().id() + " of cluster " + node.clusterId());
        announceCluster(node, out);
        out.println("data       " + String.join(", ", folders));
        out.println("listeners  kafka  " + bound(server.listeners().kafka(), node.kafkaAddress()));
        node.amqpAddress()
                .ifPresent(address -> out.println(
                        "           amqp   " + bound(server.listeners().amqp(), address)));
        node.managementAddress()
                .ifPresent(address -> out.println(
                        "           manage " + bound(server.listeners().management(), address)));
        out.println("           http   "
                + node.httpAddress()
                        .map(address -> bound(server.listeners().http(), address))
                        .orElse("off"));
        node.clusterAddress()
                .ifPresent(address -> out.println("           nodes  " + bound(server.clusterListener(), address)));
        out.println("ready in " + sinceStartMs() + " ms");
        out.flush();
    }

    private static void announceCluster(Node node, PrintWriter out) throws InterruptedException {
        if (node.clusterAddress().isEmpty()) {
            return;
        }
        try {
            out.println("voters     " + node.quorum().get(QUORUM_MS_MAX, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException silent) {
            out.println("voters     unknown: the controller does not answer");
        }
    }

    /// The host as it was configured, with the port that was had.
    static String bound(Endpoint configured, InetSocketAddress address) {
        return new Endpoint(configured.host(), address.getPort()).toString();
    }

    /// From the start of the process, which is what an operator waits for.
    private static long sinceStartMs() {
        return ManagementFactory.getRuntimeMXBean().getUptime();
    }
}
