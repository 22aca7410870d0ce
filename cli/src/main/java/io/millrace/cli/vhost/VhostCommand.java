package io.millrace.cli.vhost;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace vhost`: says what there is.
@Command(
        name = "vhost",
        description = "List, add and delete virtual hosts.",
        mixinStandardHelpOptions = true,
        subcommands = {ListVhosts.class, AddVhost.class, DeleteVhosts.class})
public final class VhostCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which vhost command?");
    }
}
