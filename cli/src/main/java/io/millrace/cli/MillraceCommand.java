package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace` itself: says what there is.
@Command(
        name = "millrace",
        description = "One durable log that every messaging protocol can write and read.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:the command line or the configuration is wrong",
            "3:no broker answers",
            "4:the topic, group or folder does not exist",
            "5:the broker refused",
            "6:a check found damage or a broken requirement",
            "141:who read the output went away"
        },
        footer = {
            "",
            "To begin:   millrace start",
            "Then:       echo hello | millrace produce greetings; millrace consume greetings"
        })
final class MillraceCommand implements Runnable {
    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            description = "The same as behind the command, for every one that asks a broker; that one comes first.")
    private @Nullable String bootstrap;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    /// Whether a broker was named before the subcommand.
    boolean namesBroker() {
        return bootstrap != null;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }
}
