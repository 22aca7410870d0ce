package io.millrace.cli.cluster;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace cluster`: says what there is.
@Command(
        name = "cluster",
        description = "Show the nodes of the cluster, give and take votes, move replicas, end an upgrade.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ClusterStatus.class,
            AddVoter.class,
            RemoveNode.class,
            DrainNode.class,
            MoveReplicas.class,
            RaiseLevel.class
        })
public final class ClusterCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which cluster command?");
    }
}
