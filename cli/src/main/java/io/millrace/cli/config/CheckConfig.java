package io.millrace.cli.config;

import io.millrace.cli.output.OutputOption;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `millrace config check`: ends with 2 and the reasons when a node would not start with this.
@Command(
        name = "check",
        description = "Check a configuration without starting anything.",
        mixinStandardHelpOptions = true)
final class CheckConfig implements Runnable {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        config.load();
        if (output.isJson()) {
            output.to(spec).json(Map.of("ok", true));
        } else {
            output.to(spec).say("The configuration is fine.");
        }
    }
}
