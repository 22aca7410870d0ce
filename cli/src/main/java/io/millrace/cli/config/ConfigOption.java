package io.millrace.cli.config;

import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import io.millrace.server.config.EffectiveConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        return ConfigLoader.load(new ConfigInputs(file, System.getenv(), sets, data));
    }
}
