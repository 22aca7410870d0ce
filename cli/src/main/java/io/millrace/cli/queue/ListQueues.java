package io.millrace.cli.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import io.millrace.cli.output.Column;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace queue list`.
@Command(name = "list", description = "List queues with what they hold.", mixinStandardHelpOptions = true)
final class ListQueues implements Runnable {
    private static final List<Column<JsonNode>> COLUMNS = List.of(
            Management.column("queue", "name"),
            Management.column("type", "type"),
            Management.column("durable", "durable"),
            Management.column("messages", "messages"),
            Management.column("ready", "messages_ready"),
            Management.column("unacked", "messages_unacknowledged"),
            Management.column("consumers", "consumers"),
            Management.column("policy", "policy"),
            Management.column("node", "node"));

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            shared.answer().rows(COLUMNS, api.pages("/queues" + Management.part(vhost)));
        }
    }
}
