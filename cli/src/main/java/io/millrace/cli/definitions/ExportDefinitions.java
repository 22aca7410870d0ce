package io.millrace.cli.definitions;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace definitions export`.
@Command(
        name = "export",
        description = "Write everything that is declared to a file, or to the standard output.",
        mixinStandardHelpOptions = true)
final class ExportDefinitions implements Runnable {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Where to.")
    private @Nullable Path file;

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        try (Management api = shared.api()) {
            String export = api.get("/definitions").toPrettyString();
            if (file == null) {
                shared.answer().print(export);
            } else {
                Files.writeString(file, export);
                shared.answer().say("Definitions written to " + file);
            }
        } catch (IOException unwritten) {
            throw new CommandFailure(ExitCode.FAILED, "The file can not be written: " + unwritten, unwritten);
        }
    }
}
