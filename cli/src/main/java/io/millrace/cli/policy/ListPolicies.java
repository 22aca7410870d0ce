package io.millrace.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import io.millrace.cli.output.Column;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace policy list`.
@Command(name = "list", description = "List policies.", mixinStandardHelpOptions = true)
final class ListPolicies implements Runnable {
    private static final List<Column<JsonNode>> COLUMNS = List.of(
            Management.column("vhost", "vhost"),
            Management.column("policy", "name"),
            Management.column("pattern", "pattern"),
            Management.column("applies_to", "apply-to"),
            Management.column("priority", "priority"),
            Management.column("definition", "definition"));

    @Option(names = "--operator", description = "The operator's policies.")
    private boolean operator;

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            List<JsonNode> items = new ArrayList<>();
            api.get((operator ? "/operator-policies" : "/policies")).forEach(items::add);
            shared.answer().rows(COLUMNS, items);
        }
    }
}
