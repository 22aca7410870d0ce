package io.millrace.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `millrace completion`: a script that completes commands and options with the tabulator key.
@Command(
        name = "completion",
        description = {
            "Print a completion script for bash and zsh.",
            "",
            "For this shell:   source <(millrace completion)",
            "For every shell:  add that line to ~/.bashrc or ~/.zshrc"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash("millrace", spec.root().commandLine()));
        out.print('\n');
        out.flush();
    }
}
