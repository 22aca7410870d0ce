package io.millrace.cli.queue;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace queue declare`.
@Command(
        name = "declare",
        description = "Declare a queue; one that is there already has to be the same.",
        mixinStandardHelpOptions = true)
final class DeclareQueue implements Runnable {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Option(names = "--type", description = "classic, quorum or stream (default: that of the virtual host).")
    private String type = "";

    @Option(names = "--in-memory", description = "Not durable: gone with its node.")
    private boolean inMemory;

    @Option(names = "--auto-delete", description = "Deleted when its last consumer goes.")
    private boolean autoDelete;

    @Option(
            names = "--argument",
            paramLabel = "KEY=VALUE",
            description = "Such as x-max-length=1000; a whole number is one. May be repeated.")
    private Map<String, String> arguments = new LinkedHashMap<>();

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        Map<String, Object> typed = new LinkedHashMap<>();
        arguments.forEach((key, value) -> typed.put(key, Management.value(value)));
        if (!type.isEmpty()) {
            typed.put("x-queue-type", type);
        }
        try (Management api = shared.api()) {
            api.put(
                    "/queues" + Management.part(vhost) + Management.part(name),
                    Map.of("durable", !inMemory, "auto_delete", autoDelete, "arguments", typed));
        }
        shared.answer().say("Queue " + name + " declared");
    }
}
