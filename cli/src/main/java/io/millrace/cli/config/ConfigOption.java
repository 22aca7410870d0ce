package io.millrace.cli.config;

import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import io.millrace.server.config.EffectiveConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how a node is set up, for `start` and for the commands that look at the same.
public final class ConfigOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where data lies, short for --set storage.directories=DIR (default: data).")
    private @Nullable String data;

    @Option(
            names = "--node",
            paramLabel = "ID",
            description = "The node's number in its cluster, short for --set node.id=ID (default: 1).")
    private @Nullable String node;

    @Option(
            names = "--cluster",
            paramLabel = "HOST:PORT,...",
            description = "Where the cluster's nodes listen for each other, short for --set cluster.nodes=...: all of"
                    + " them at the first start of a new cluster, one to join a cluster. Without it the node is alone.")
    private @Nullable String cluster;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A YAML file; config/millrace.yaml explains every key.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any key of the file, such as listeners.kafka=127.0.0.1:19092. May be repeated.")
    private List<String> sets = new ArrayList<>();

    /// @throws io.millrace.server.config.ConfigException telling everything that is wrong
    public EffectiveConfig load() {
        Map<String, String> flags = new HashMap<>();
        put(flags, "--data", data);
        put(flags, "--node", node);
        put(flags, "--cluster", cluster);
        return ConfigLoader.load(new ConfigInputs(file, System.getenv(), sets, flags));
    }

    private static void put(Map<String, String> flags, String flag, @Nullable String text) {
        if (text != null) {
            flags.put(flag, text);
        }
    }
}
