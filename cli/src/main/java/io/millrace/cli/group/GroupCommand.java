package io.millrace.cli.group;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace group`: says what there is.
@Command(
        name = "group",
        description = "List, describe, rewind and delete consumer groups.",
        mixinStandardHelpOptions = true,
        subcommands = {ListGroups.class, DescribeGroups.class, ResetOffsets.class, DeleteGroups.class})
public final class GroupCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which group command?");
    }
}
