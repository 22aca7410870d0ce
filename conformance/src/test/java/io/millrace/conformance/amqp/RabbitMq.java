package io.millrace.conformance.amqp;

import io.millrace.conformance.Folders;
import io.millrace.conformance.Ports;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Skip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Debian's RabbitMQ in the foreground, with a folder, a node name and an Erlang port mapper of its own, without
/// plug-ins and with default settings.
///
/// Owned by: the test that started it. Both processes are ended by their process ids.
final class RabbitMq implements AmqpBroker {
    private static final Path PROGRAM = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final AmqpAddress address;
    private final Map<String, String> environment;
    private final Process portMapper;
    private @Nullable Process server;

    private RabbitMq(Path folder, AmqpAddress address, Map<String, String> environment, Process portMapper) {
        this.folder = folder;
        this.address = address;
        this.environment = environment;
        this.portMapper = portMapper;
    }

    /// Starts one on an empty folder, or skips the test where Debian's package is missing.
    static RabbitMq start() {
        if (!Files.isExecutable(PROGRAM)) {
            throw Skip.because("rabbitmq-server is not installed");
        }
        try {
            Path folder = Files.createTempDirectory("millrace-rabbitmq");
            var address = AmqpAddress.guestAt(Ports.free());
            int mapperPort = Ports.free();
            Process portMapper = new ProcessBuilder("epmd", "-port", "" + mapperPort, "-address", "127.0.0.1")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("epmd.log").toFile())
                    .start();
            var broker = new RabbitMq(folder, address, environment(folder, address.port(), mapperPort), portMapper);
            try {
                broker.restart();
                return broker;
            } catch (RuntimeException | Error e) {
                broker.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start RabbitMQ", e);
        }
    }

    private static Map<String, String> environment(Path folder, int port, int mapperPort) throws IOException {
        Path plugins = Files.writeString(folder.resolve("enabled_plugins"), "[].");
        return Map.ofEntries(
                Map.entry("HOME", folder.toString()), // Erlang's cookie is written there
                Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                Map.entry("ERL_EPMD_PORT", "" + mapperPort),
                Map.entry("RABBITMQ_NODENAME", "conformance@localhost"),
                Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                Map.entry("RABBITMQ_NODE_PORT", "" + port),
                Map.entry("RABBITMQ_DIST_PORT", "" + Ports.free()),
                Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString()),
                Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                Map.entry("RABBITMQ_CONFIG_FILE", folder.resolve("none").toString()),
                Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
                Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"));
    }

    @Override
    public AmqpAddress address() {
        return address;
    }

    @Override
    public void restart() {
        if (server != null && server.isAlive()) {
            throw new IllegalStateException("still running");
        }
        var builder = new ProcessBuilder(PROGRAM.toString())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        try {
            server = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start RabbitMQ", e);
        }
        RawAmqp.awaitAnswer(address.port());
    }

    private Path log() {
        return folder.resolve("rabbitmq.log");
    }

    @Override
    public void kill9() {
        Process running = running();
        List<ProcessHandle> processes = running.descendants().toList();
        Programs.destroy(running);
        processes.forEach(RabbitMq::awaitEnd);
        awaitEnd(running.toHandle());
    }

    @Override
    public void stop() {
        Process running = running();
        // the shell around it would die of the signal and leave the virtual machine
        running.children().forEach(ProcessHandle::destroy);
        awaitEnd(running.toHandle());
    }

    private Process running() {
        if (server == null) {
            throw new IllegalStateException("never started");
        }
        return server;
    }

    private static void awaitEnd(ProcessHandle process) {
        CompletableFuture<ProcessHandle> end = process.onExit();
        try {
            end.get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
            throw new AssertionError("RabbitMQ did not end within " + STOP_LIMIT, e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while RabbitMQ was ending", e);
        }
    }

    @Override
    public void close() {
        try {
            if (server != null && server.isAlive()) {
                kill9();
            }
        } finally {
            Programs.destroy(portMapper);
            awaitEnd(portMapper.toHandle());
            Folders.delete(folder);
        }
    }
}
