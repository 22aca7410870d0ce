package io.millrace.cli.policy;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `millrace policy`: says what there is.
@Command(
        name = "policy",
        description = "List, set and delete policies.",
        mixinStandardHelpOptions = true,
        subcommands = {ListPolicies.class, SetPolicy.class, DeletePolicies.class})
public final class PolicyCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which policy command?");
    }
}
