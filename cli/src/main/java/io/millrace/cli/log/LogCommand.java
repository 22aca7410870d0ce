package io.millrace.cli.log;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace log`: says what there is.
@Command(
        name = "log",
        description = "Look into the folder of a partition, Millrace's or Kafka's.",
        mixinStandardHelpOptions = true,
        subcommands = {DumpLog.class, VerifyLog.class})
public final class LogCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which log command?");
    }
}
