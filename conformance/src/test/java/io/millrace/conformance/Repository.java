package io.millrace.conformance;

import java.nio.file.Path;

/// The checked-out sources this build belongs to: tests start the command and the clients from there.
public final class Repository {
    private Repository() {}

    /// A file given relative to the repository's root.
    public static Path file(String relative) {
        return Path.of(System.getProperty("millrace.repository", ".."))
                .toAbsolutePath()
                .normalize()
                .resolve(relative);
    }
}
