package io.millrace.cli.output;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The option `--output`, the same for every command that answers, and the way to answer.
public final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TABLE;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec command;

    public boolean isJson() {
        return format == OutputFormat.JSON;
    }

    public Answer answer() {
        return new Answer(format, command.commandLine().getOut());
    }

    /// Says at once, beside the answer, what the user may want to know while it takes its time. Programs are not told.
    public void mention(String sentence) {
        if (!isJson()) {
            command.commandLine().getErr().println(sentence);
            command.commandLine().getErr().flush();
        }
    }

    /// What was asked for contradicts itself; to be thrown.
    public ParameterException misused(String why) {
        return new ParameterException(command.commandLine(), why);
    }
}
