package io.millrace.cli.queue;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace queue delete`.
@Command(name = "delete", description = "Delete queues with all they hold.", mixinStandardHelpOptions = true)
final class DeleteQueues implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Option(names = "--if-empty", description = "Only queues without messages.")
    private boolean ifEmpty;

    @Option(names = "--if-unused", description = "Only queues without consumers.")
    private boolean ifUnused;

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        String conditions = "?if-empty=" + ifEmpty + "&if-unused=" + ifUnused;
        try (Management api = shared.api()) {
            for (String name : names) {
                api.delete("/queues" + Management.part(vhost) + Management.part(name) + conditions);
                shared.answer().say("Queue " + name + " deleted");
            }
        }
    }
}
