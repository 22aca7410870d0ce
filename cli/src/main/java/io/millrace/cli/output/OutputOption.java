package io.millrace.cli.output;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// The option `--output`, the same for every command that answers.
public final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json (default: ${DEFAULT-VALUE}).")
    private OutputFormat format = OutputFormat.TABLE;

    public boolean isJson() {
        return format == OutputFormat.JSON;
    }

    public Answer to(CommandSpec command) {
        return new Answer(format, command.commandLine().getOut());
    }
}
