package io.millrace.cli.config;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace config`: says what there is.
@Command(
        name = "config",
        description = "Show or check what a node would run with.",
        mixinStandardHelpOptions = true,
        subcommands = {ShowConfig.class, CheckConfig.class})
public final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which config command?");
    }
}
