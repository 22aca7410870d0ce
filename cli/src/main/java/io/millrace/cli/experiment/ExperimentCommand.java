package io.millrace.cli.experiment;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace experiment`: says what there is.
@Command(
        name = "experiment",
        description = "Break a cluster on purpose and count what is lost.",
        mixinStandardHelpOptions = true,
        subcommands = FailoverCommand.class)
public final class ExperimentCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which experiment?");
    }
}
