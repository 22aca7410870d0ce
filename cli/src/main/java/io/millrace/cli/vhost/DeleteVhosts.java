package io.millrace.cli.vhost;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace vhost delete`.
@Command(
        name = "delete",
        description = "Delete virtual hosts with everything in them.",
        mixinStandardHelpOptions = true)
final class DeleteVhosts implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            for (String name : names) {
                api.delete("/vhosts" + Management.part(name));
                shared.answer().say("Virtual host " + name + " deleted");
            }
        }
    }
}
