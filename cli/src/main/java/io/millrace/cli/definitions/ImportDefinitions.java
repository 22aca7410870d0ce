package io.millrace.cli.definitions;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace definitions import`.
@Command(
        name = "import",
        description = "Declare everything an export has; also one of RabbitMQ, as it is.",
        mixinStandardHelpOptions = true)
final class ImportDefinitions implements Runnable {
    @Parameters(paramLabel = "FILE", description = "The export.")
    private Path file = Path.of("");

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            api.post("/definitions", Files.readString(file));
        } catch (IOException unread) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "The file can not be read: " + unread, unread);
        }
        shared.answer().say("Definitions in " + file + " imported");
    }
}
