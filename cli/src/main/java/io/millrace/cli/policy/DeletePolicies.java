package io.millrace.cli.policy;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace policy delete`.
@Command(name = "delete", description = "Delete policies.", mixinStandardHelpOptions = true)
final class DeletePolicies implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Option(names = "--operator", description = "The operator's policies.")
    private boolean operator;

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            for (String name : names) {
                api.delete((operator ? "/operator-policies" : "/policies")
                        + Management.part(vhost)
                        + Management.part(name));
                shared.answer().say("Policy " + name + " deleted");
            }
        }
    }
}
