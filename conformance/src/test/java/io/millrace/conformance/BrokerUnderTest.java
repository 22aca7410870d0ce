package io.millrace.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// A broker in a process of its own, as an operator would run it.
///
/// Owned by: the test that started it. The folder and the ports stay the same over restarts; the process is always
/// ended by its own process id, and the folder is removed with [#close].
public final class BrokerUnderTest implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final BrokerKind kind;
    private final BrokerHome home;
    private @Nullable Process process;

    private BrokerUnderTest(BrokerKind kind, BrokerHome home) {
        this.kind = kind;
        this.home = home;
    }

    /// Starts the broker this run is about on an empty folder and waits until it answers.
    ///
    /// @param settings `KEY=VALUE` for Millrace; Kafka runs with its own
    public static BrokerUnderTest start(String... settings) {
        BrokerUnderTest broker = prepare(BrokerKind.underTest(), List.of(settings));
        broker.restart();
        return broker;
    }

    /// Starts a broker of that kind on an empty folder and waits until it answers.
    public static BrokerUnderTest start(BrokerKind kind) {
        BrokerUnderTest broker = prepare(kind, List.of());
        broker.restart();
        return broker;
    }

    /// Millrace with these settings, not started yet: its data folder is there, empty, for the test to prepare.
    public static BrokerUnderTest prepareMillrace(String... settings) {
        return prepare(BrokerKind.MILLRACE, List.of(settings));
    }

    private static BrokerUnderTest prepare(BrokerKind kind, List<String> settings) {
        try {
            Path folder = Files.createTempDirectory("millrace-conformance");
            var home = new BrokerHome(folder, Ports.free(), Ports.free(), settings);
            Files.createDirectories(home.data());
            kind.format(home);
            return new BrokerUnderTest(kind, home);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + kind, e);
        }
    }

    /// What it is.
    public BrokerKind kind() {
        return kind;
    }

    /// The address a client is given.
    public String bootstrap() {
        return home.bootstrap();
    }

    /// The port a raw socket connects to.
    public int port() {
        return home.kafkaPort();
    }

    /// Whether Millrace calls itself ready over HTTP.
    public boolean isReady() {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + home.secondPort() + "/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking for health", e);
        }
    }

    /// Everything the process printed, over all its starts.
    public Path logFile() {
        return home.log();
    }

    /// The folder given to the broker for its data.
    public Path data() {
        return home.data();
    }

    /// The folder of one partition, wherever the broker keeps it.
    public Path partitionFolder(String topic, int partition) {
        return Folders.named(home.data(), topic + "-" + partition).getFirst();
    }

    /// Starts the process again on the same folder and ports, after [#stop] or [#kill9].
    public void restart() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("still running");
        }
        try {
            process = new ProcessBuilder(kind.command(home))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(home.log().toFile()))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + kind, e);
        }
        awaitAnswer(process);
    }

    private void awaitAnswer(Process started) {
        boolean answered = false;
        try {
            Awaitility.await()
                    .atMost(START_LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !started.isAlive() || Wire.answersMetadata(home.kafkaPort()));
            answered = started.isAlive();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(kind + " does not answer after " + START_LIMIT + ": " + lastWords(), e);
        } finally {
            if (!answered) {
                Programs.destroy(started);
            }
        }
        if (!answered) {
            throw new AssertionError(kind + " ended with " + started.exitValue() + " while starting: " + lastWords());
        }
    }

    private String lastWords() {
        try {
            var lines = Files.readAllLines(home.log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }

    /// Ends the process the hard way: nothing is flushed, nothing is said.
    public void kill9() {
        Process running = running();
        Programs.destroy(running);
        awaitEnd(running);
    }

    /// Asks the process to end and returns its exit code.
    public int stop() {
        Process running = running();
        running.destroy();
        awaitEnd(running);
        return running.exitValue();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("never started");
        }
        return process;
    }

    private void awaitEnd(Process running) {
        try {
            if (!running.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                Programs.destroy(running);
                throw new AssertionError(kind + " did not end within " + STOP_LIMIT + ": " + lastWords());
            }
        } catch (InterruptedException e) {
            Programs.destroy(running);
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + kind + " was ending", e);
        }
    }

    /// Starts one more process on the folder of the running one, at other ports, and returns its exit code.
    public int exitCodeOfASecondProcess() {
        var second = new BrokerHome(home.folder(), Ports.free(), Ports.free(), home.settings());
        return Programs.run(STOP_LIMIT, kind.command(second)).exit();
    }

    /// Starts the process where it must refuse to, and returns how it ended; one that serves or hangs fails the test.
    public Finished startRefused() {
        return Programs.run(STOP_LIMIT, kind.command(home));
    }

    /// Whether the process is there.
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public void close() {
        try {
            if (isRunning()) {
                kill9();
            }
        } finally {
            Folders.delete(home.folder());
        }
    }
}
