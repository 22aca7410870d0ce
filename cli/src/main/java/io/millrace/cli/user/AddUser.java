package io.millrace.cli.user;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.io.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace user add`.
@Command(name = "add", description = "Add a user, who may enter no virtual host yet.", mixinStandardHelpOptions = true)
final class AddUser implements Runnable {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Option(names = "--password", interactive = true, arity = "0..1", description = "Asked for when it is not said.")
    private char[] password = {};

    @Option(names = "--tag", description = "administrator, monitoring, policymaker or management. May be repeated.")
    private List<String> tags = new ArrayList<>();

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            api.put("/users" + Management.part(name), Map.of("password", secret(), "tags", String.join(",", tags)));
        }
        shared.answer().say("User " + name + " added");
    }

    private String secret() {
        if (password.length > 0) {
            return new String(password);
        }
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .map(console -> new String(console.readPassword("Password of %s: ", name)))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "No password was given and nobody is there to be asked",
                        "Say --password=SECRET"));
    }
}
