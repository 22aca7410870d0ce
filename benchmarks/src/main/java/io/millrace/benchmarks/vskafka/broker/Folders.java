package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Removes the data a run leaves.
public final class Folders {
    private Folders() {}

    /// Deletes a folder and all below it; one that is not there is fine.
    public static void delete(Path folder) {
        try {
            Files.walkFileTree(folder, new Deleter());
        } catch (NoSuchFileException gone) {
            // Deleted before: what was asked for.
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Folders below this one with such a name: brokers keep one a partition, so this tells whether deleted topics are
    /// gone.
    static long count(Path folder, Predicate<String> name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> name.test(file.getFileName().toString()) && Files.isDirectory(file))
                    .count();
        } catch (UncheckedIOException vanished) {
            // A file deleted during the walk: not all gone yet, the next look sees the rest.
            return Long.MAX_VALUE;
        }
    }

    private static final class Deleter extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
