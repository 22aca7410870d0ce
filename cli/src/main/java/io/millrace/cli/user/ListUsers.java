package io.millrace.cli.user;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import io.millrace.cli.output.Column;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace user list`.
@Command(name = "list", description = "List users.", mixinStandardHelpOptions = true)
final class ListUsers implements Runnable {
    private static final List<Column<JsonNode>> COLUMNS =
            List.of(Management.column("user", "name"), Management.column("tags", "tags"));

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            List<JsonNode> items = new ArrayList<>();
            api.get("/users").forEach(items::add);
            shared.answer().rows(COLUMNS, items);
        }
    }
}
