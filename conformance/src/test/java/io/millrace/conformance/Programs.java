package io.millrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs other people's programs, always with a time limit, and never leaves one behind.
public final class Programs {
    private Programs() {}

    /// The `java` that runs these tests.
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// Runs a command to its end.
    public static Finished run(Duration limit, List<String> command) {
        return run(limit, command, "");
    }

    /// Runs a command to its end with `input` as its standard input.
    public static Finished run(Duration limit, List<String> command, String input) {
        return run(limit, command, input, Map.of());
    }

    /// Runs a command to its end with additional environment variables.
    public static Finished run(Duration limit, List<String> command, String input, Map<String, String> environment) {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("millrace-program");
            return run(limit, command, input, environment, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } finally {
            if (folder != null) {
                Folders.delete(folder);
            }
        }
    }

    private static Finished run(
            Duration limit, List<String> command, String input, Map<String, String> environment, Path folder)
            throws IOException {
        // Files instead of pipes: a program that writes more than a pipe holds cannot then stall the test.
        Path in = Files.writeString(folder.resolve("in"), input);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                destroy(process);
            }
            var finished = new Finished(
                    command, ended ? process.exitValue() : -1, Files.readString(out), Files.readString(err));
            if (!ended) {
                throw new AssertionError("not finished after " + limit + ": " + finished);
            }
            return finished;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + String.join(" ", command), e);
        } finally {
            destroy(process);
        }
    }

    /// Kills a process and whatever it started, by process id.
    public static void destroy(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
