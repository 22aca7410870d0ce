package io.millrace.cli.queue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace queue`: says what there is.
@Command(
        name = "queue",
        description = "List, declare, purge and delete queues.",
        mixinStandardHelpOptions = true,
        subcommands = {ListQueues.class, DeclareQueue.class, PurgeQueues.class, DeleteQueues.class})
public final class QueueCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which queue command?");
    }
}
