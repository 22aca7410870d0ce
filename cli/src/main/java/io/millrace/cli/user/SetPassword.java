package io.millrace.cli.user;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace user password`.
@Command(name = "password", description = "Set a user's password.", mixinStandardHelpOptions = true)
final class SetPassword implements Runnable {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(
            names = "--password",
            required = true,
            interactive = true,
            arity = "0..1",
            description = "Asked for when it is not said.")
    private char[] password = {};

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        String path = "/users" + Management.part(name);
        try (Management api = shared.api()) {
            List<String> tags = new ArrayList<>();
            api.get(path).path("tags").forEach(tag -> tags.add(tag.asText()));
            api.put(path, Map.of("password", new String(password), "tags", String.join(",", tags)));
        }
        shared.answer().say("Password of " + name + " set");
    }
}
