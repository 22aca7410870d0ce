package io.millrace.cli.topic;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace topic`: says what there is.
@Command(
        name = "topic",
        description = "Create, list, describe, alter and delete topics.",
        mixinStandardHelpOptions = true,
        subcommands = {CreateTopic.class, ListTopics.class, DescribeTopics.class, AlterTopic.class, DeleteTopics.class})
public final class TopicCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which topic command?");
    }
}
