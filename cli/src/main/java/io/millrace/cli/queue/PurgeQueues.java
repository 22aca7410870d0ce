package io.millrace.cli.queue;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace queue purge`.
@Command(name = "purge", description = "Remove all messages that are ready.", mixinStandardHelpOptions = true)
final class PurgeQueues implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            for (String name : names) {
                api.delete("/queues" + Management.part(vhost) + Management.part(name) + "/contents");
                shared.answer().say("Queue " + name + " purged");
            }
        }
    }
}
