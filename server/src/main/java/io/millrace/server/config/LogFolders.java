package io.millrace.server.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks whether two names of folders mean one folder on this machine, through links and whether it is there yet or
/// not.
final class LogFolders {
    private LogFolders() {}

    /// What is wrong with the list, if something is.
    static Optional<String> namedTwice(List<String> directories) {
        Map<Path, String> names = new HashMap<>();
        for (String name : directories) {
            Path real = real(Path.of(name).toAbsolutePath());
            String before = names.put(real, name);
            if (before != null) {
                return Optional.of(
                        "storage.directories names one folder twice: " + before + " and " + name + " are " + real);
            }
        }
        return Optional.empty();
    }

    /// The nearest folder above that exists as the file system knows it, and the rest as it is written.
    private static Path real(Path folder) {
        for (Path above = folder; above != null; above = above.getParent()) {
            Optional<Path> existing = existing(above);
            if (existing.isPresent()) {
                return existing.get().resolve(above.relativize(folder)).normalize();
            }
        }
        return folder.normalize();
    }

    private static Optional<Path> existing(Path folder) {
        try {
            return Optional.of(folder.toRealPath());
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}
