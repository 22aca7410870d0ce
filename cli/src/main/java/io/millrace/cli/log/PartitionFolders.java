package io.millrace.cli.log;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a user means by a folder: one partition, or a log directory with many.
final class PartitionFolders {
    private PartitionFolders() {}

    /// The folder itself when it holds segments, else those directly below it that do.
    static List<Path> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "There is no folder " + folder);
        }
        if (hasSegments(folder)) {
            return List.of(folder);
        }
        try (Stream<Path> below = Files.list(folder)) {
            List<Path> found =
                    below.filter(PartitionFolders::hasSegments).sorted().toList();
            if (found.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND, "Neither " + folder + " nor a folder in it holds segments (*.log)");
            }
            return found;
        }
    }

    private static boolean hasSegments(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().matches("\\d{20}\\.log"));
        } catch (IOException unreadable) {
            return false;
        }
    }
}
