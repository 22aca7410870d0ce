package io.millrace.cli.vhost;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace vhost add`.
@Command(name = "add", description = "Add a virtual host.", mixinStandardHelpOptions = true)
final class AddVhost implements Runnable {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--description", description = "What it is for.")
    private String description = "";

    @Option(names = "--default-queue-type", description = "classic, quorum or stream (default: ${DEFAULT-VALUE}).")
    private String type = "classic";

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            api.put("/vhosts" + Management.part(name), Map.of("description", description, "default_queue_type", type));
        }
        shared.answer().say("Virtual host " + name + " added");
    }
}
