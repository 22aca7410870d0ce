package io.millrace.cli.definitions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace definitions`: says what there is.
@Command(
        name = "definitions",
        description = "Export and import definitions, as RabbitMQ has them.",
        mixinStandardHelpOptions = true,
        subcommands = {ExportDefinitions.class, ImportDefinitions.class})
public final class DefinitionsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which definitions command?");
    }
}
