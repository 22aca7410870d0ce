package io.millrace.cli.cluster.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One node as a child process, started again and again at the same place. Only ever ended by its own process id.
///
/// Owned by: one thread at a time; the process may end any time.
public final class NodeProcess {
    private static final long STOP_SECONDS_MAX = 90;
    private static final int LAST_LINES = 20;

    private final NodeSoftware software;
    private final ClusterPlan plan;
    private final NodePlace place;
    private final NodeOutput output;
    private volatile Process process;

    /// Prepares the place and starts it.
    NodeProcess(NodeSoftware software, ClusterPlan plan, NodePlace place, NodeOutput output)
            throws IOException, InterruptedException {
        this.software = software;
        this.plan = plan;
        this.place = place;
        this.output = output;
        Files.createDirectories(place.folder());
        software.prepare(plan, place);
        process = spawn(place);
    }

    private Process spawn(NodePlace place) throws IOException {
        Launch launch = software.launch(plan, place);
        var builder = new ProcessBuilder(launch.command()).redirectErrorStream(true);
        builder.environment().putAll(launch.environment());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        if (output instanceof NodeOutput.ToFile) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(place.log().toFile()));
        }
        Process spawned = builder.start();
        if (output instanceof NodeOutput.ToLines lines) {
            Thread.ofPlatform().daemon().name(place.name() + "-output").start(() -> forward(spawned, lines));
        }
        return spawned;
    }

    private static void forward(Process from, NodeOutput.ToLines to) {
        try (BufferedReader reader = from.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(to.each());
        } catch (IOException | UncheckedIOException ended) {
            // The pipe broke with the process: nothing more to forward.
        }
    }

    public int id() {
        return place.id();
    }

    public NodePlace place() {
        return place;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Completes with the exit code when the process of the last start is gone.
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /// Starts it again at the same place.
    public void restart() throws IOException {
        restart(List.of());
    }

    /// The same with more flags for its JVM in this life.
    public void restart(List<String> moreFlags) throws IOException {
        if (process.isAlive()) {
            throw new IllegalStateException(place.name() + " is running");
        }
        process = spawn(place.withFlags(moreFlags));
    }

    /// SIGKILL: nothing is flushed and nothing said. Returns when it is dead.
    public void kill9() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// SIGSTOP: it is silent, and knows nothing of it.
    public void pause() {
        signal("STOP");
    }

    /// SIGCONT after [#pause].
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            // The JDK sends SIGTERM and SIGKILL only
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " \"$0\"", Long.toString(pid())).start();
            if (kill.waitFor() != 0 && isAlive()) {
                throw new IllegalStateException("SIG" + name + " did not reach " + place.name());
            }
        } catch (IOException noShell) {
            throw new UncheckedIOException(noShell);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stopped);
        }
    }

    /// SIGTERM, without waiting.
    public void askToStop() {
        process.destroy();
    }

    /// Waits for its end after [#askToStop]; kills it when that takes too long.
    ///
    /// @return its exit code
    public int awaitStop() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            kill9();
            throw new IllegalStateException(
                    place.name() + " did not stop within " + STOP_SECONDS_MAX + " s\n" + lastLines());
        }
        return process.exitValue();
    }

    /// The end of its log file, for a message.
    public String lastLines() {
        try {
            List<String> lines = Files.exists(place.log()) ? Files.readAllLines(place.log()) : List.of();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
