package io.millrace.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Clients from outside Maven. `conformance/install-clients.sh` installs what is missing, once per test run; where it
/// cannot, a test that asks for the client is skipped and says why.
public final class InstalledClients {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private InstalledClients() {}

    /// Runs the script when the first test asks.
    private static final class Script {
        static final Finished RESULT = Programs.run(
                LIMIT, List.of(Repository.file("conformance/install-clients.sh").toString()));
    }

    /// A program on the path.
    public static String program(String name) {
        String said = Script.RESULT.err().strip();
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(() -> Skip.because(name + " is not installed: " + said));
    }

    /// A file that some client's installation leaves, such as a C header.
    public static Path file(String path) {
        String said = Script.RESULT.err().strip();
        Path file = path.startsWith("/") ? Path.of(path) : Repository.file(path);
        if (!Files.exists(file)) {
            throw Skip.because(path + " is missing: " + said);
        }
        return file;
    }
}
