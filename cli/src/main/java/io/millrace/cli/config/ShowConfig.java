package io.millrace.cli.config;

import io.millrace.cli.output.Column;
import io.millrace.cli.output.OutputOption;
import io.millrace.server.config.ConfigSource;
import io.millrace.server.config.ConfigValue;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace config show`: every key, the value that holds and who said so.
@Command(
        name = "show",
        description = "Show every key with its value and where that was said.",
        mixinStandardHelpOptions = true)
final class ShowConfig implements Runnable {
    private static final List<Column<ConfigValue>> COLUMNS = List.of(
            new Column<>("key", ConfigValue::key),
            new Column<>("value", ConfigValue::text),
            new Column<>("source", value -> value.source().words()));

    @Option(names = "--changed", description = "Only what differs from the defaults.")
    private boolean changed;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public void run() {
        List<ConfigValue> values = config.load().values().stream()
                .filter(value -> !changed || !(value.source() instanceof ConfigSource.Default))
                .toList();
        output.answer().rows(COLUMNS, values);
    }
}
