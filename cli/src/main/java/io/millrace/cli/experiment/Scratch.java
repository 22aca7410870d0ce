package io.millrace.cli.experiment;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A folder for the data of one run, deleted with all below it unless it is to be kept.
///
/// Owned by: the thread of the run.
final class Scratch implements AutoCloseable {
    private final Path folder;
    private boolean kept;

    Scratch(String prefix) throws IOException {
        folder = Files.createTempDirectory(prefix);
    }

    Path folder() {
        return folder;
    }

    /// Leaves it there for somebody to look at.
    void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            Files.walkFileTree(folder, new Deleting());
        }
    }

    private static final class Deleting extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
