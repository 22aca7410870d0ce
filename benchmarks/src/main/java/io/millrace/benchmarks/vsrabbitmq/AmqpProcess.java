package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.broker.Folders;
import io.millrace.benchmarks.vskafka.broker.ProcStat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One broker under test: a child process on its own folder and port, with whatever it started.
///
/// Owned by: the command's main thread. A shutdown hook ends it when the comparison is interrupted.
final class AmqpProcess implements AutoCloseable {
    /// RabbitMQ with 100,000 queues on a busy machine.
    private static final Duration READY_MAX = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 50;
    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    private static final int METHOD_FRAME = 1;
    private static final int ANSWER_MAX_MILLIS = 1_000;
    private static final double KB_PER_MB = 1024;

    private final String name;
    private final Path folder;
    private final int port;
    private final Process server;
    private final Optional<Process> helper;
    private final Thread closer = new Thread(this::end, "broker-closer");

    /// @param helper a process the broker needs beside it
    AmqpProcess(String name, Path folder, int port, Process server, Optional<Process> helper) {
        this.name = name;
        this.folder = folder;
        this.port = port;
        this.server = server;
        this.helper = helper;
        Runtime.getRuntime().addShutdownHook(closer);
    }

    /// Starts a process that writes to `broker.log` in the folder.
    static Process spawn(Path folder, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("broker.log").toFile()))
                .start();
    }

    String name() {
        return name;
    }

    /// What clients are given.
    String uri() {
        return "amqp://guest:guest@127.0.0.1:" + port + "/%2F";
    }

    /// Where it listens.
    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// Waits until it answers a protocol header with a method.
    void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        while (!answers()) {
            if (!server.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(
                        name + " did not become ready: " + Files.readString(folder.resolve("broker.log")));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MAX_MILLIS);
            socket.getOutputStream().write(HEADER);
            return socket.getInputStream().read() == METHOD_FRAME;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// CPU seconds of all its processes since they started, without those that ended.
    double cpuSeconds() throws IOException {
        double sum = 0;
        for (ProcessHandle process : processes()) {
            sum += ProcStat.cpuSeconds(process.pid());
        }
        return sum;
    }

    /// Resident memory of all its processes.
    double rssMb() throws IOException {
        long sum = 0;
        for (ProcessHandle process : processes()) {
            sum += ProcStat.rssKb(process.pid());
        }
        return sum / KB_PER_MB;
    }

    private List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(server.toHandle()), server.descendants()).toList();
    }

    /// Ends it in order; its folder stays, for the next one.
    void stop() {
        Runtime.getRuntime().removeShutdownHook(closer);
        processes().forEach(AmqpProcess::terminate);
        awaitEnd();
    }

    /// Erlang's own process takes the signal as an order to stop; the script around it would first start another one to
    /// pass it on.
    private static void terminate(ProcessHandle process) {
        boolean isScript = process.info().command().orElse("").endsWith("sh");
        if (!isScript) {
            process.destroy();
        }
    }

    private void awaitEnd() {
        // not interruptible: the folder must not be left behind
        server.onExit().join();
        helper.ifPresent(Process::destroyForcibly);
        helper.ifPresent(process -> process.onExit().join());
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(closer);
        end();
    }

    private void end() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
        awaitEnd();
        Folders.delete(folder);
    }
}
