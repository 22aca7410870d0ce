package io.millrace.cli.user;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import io.millrace.cli.output.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace user permissions`.
@Command(name = "permissions", description = "Show, set or clear what a user may do.", mixinStandardHelpOptions = true)
final class UserPermissions implements Runnable {
    private static final List<Column<JsonNode>> COLUMNS = List.of(
            Management.column("vhost", "vhost"),
            Management.column("configure", "configure"),
            Management.column("write", "write"),
            Management.column("read", "read"));

    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Option(names = "--configure", paramLabel = "REGEX", description = "What the user may declare and delete.")
    private @Nullable String configure;

    @Option(names = "--write", paramLabel = "REGEX", description = "What the user may publish to and bind.")
    private @Nullable String write;

    @Option(names = "--read", paramLabel = "REGEX", description = "What the user may consume and bind from.")
    private @Nullable String read;

    @Option(names = "--clear", description = "The user may enter the virtual host no more.")
    private boolean clear;

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            String one = "/permissions" + Management.part(vhost) + Management.part(name);
            if (clear) {
                api.delete(one);
                shared.answer().say("Permissions of " + name + " cleared");
            } else if (configure != null || write != null || read != null) {
                api.put(one, Map.of("configure", text(configure), "write", text(write), "read", text(read)));
                shared.answer().say("Permissions of " + name + " set");
            } else {
                List<JsonNode> items = new ArrayList<>();
                api.get("/users" + Management.part(name) + "/permissions").forEach(items::add);
                shared.answer().rows(COLUMNS, items);
            }
        }
    }

    /// What is not said is nothing.
    private static String text(@Nullable String pattern) {
        return pattern == null ? "" : pattern;
    }
}
