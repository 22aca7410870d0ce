package io.millrace.cli.vhost;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import io.millrace.cli.output.Column;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace vhost list`.
@Command(name = "list", description = "List virtual hosts.", mixinStandardHelpOptions = true)
final class ListVhosts implements Runnable {
    private static final List<Column<JsonNode>> COLUMNS = List.of(
            Management.column("vhost", "name"),
            Management.column("description", "description"),
            Management.column("default_queue_type", "default_queue_type"));

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            List<JsonNode> items = new ArrayList<>();
            api.get("/vhosts").forEach(items::add);
            shared.answer().rows(COLUMNS, items);
        }
    }
}
