package io.millrace.benchmarks.vskafka.broker;

import io.millrace.benchmarks.vskafka.wire.KafkaWire;
import io.millrace.benchmarks.vskafka.wire.TopicAdmin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// One broker under test: a child process on its own folder and port, found again on both after a restart.
///
/// Its output goes to `broker.log` in the folder. Closing ends the process and deletes the folder; a shutdown hook does
/// the same when the comparison is interrupted. Owned by: the command's main thread, and that hook for closing.
public final class BrokerProcess implements BrokerUnderTest {
    private static final Duration READY_MAX = Duration.ofMinutes(5);
    private static final Duration STOP_MAX = Duration.ofMinutes(3);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int LOG_LINES = 10;

    private final BrokerKind kind;
    private final Path folder;
    private final InetSocketAddress address;
    private final Thread closer = new Thread(this::end, "broker-closer");
    private volatile Process process;
    private volatile boolean ended;
    private long spawnedNanos;

    private BrokerProcess(BrokerKind kind, Path folder, InetSocketAddress address) throws IOException {
        this.kind = kind;
        this.folder = folder;
        this.address = address;
        this.spawnedNanos = System.nanoTime();
        this.process = spawn(kind, folder, address.getPort());
    }

    /// Prepares a fresh folder and starts the broker on it, without waiting for it.
    public static BrokerProcess launch(BrokerKind kind, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port = FreePorts.next();
        kind.prepare(folder, port);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        BrokerProcess broker = new BrokerProcess(kind, folder, address);
        Runtime.getRuntime().addShutdownHook(broker.closer);
        return broker;
    }

    private static Process spawn(BrokerKind kind, Path folder, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(kind.startCommand(folder, port));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(folder).toFile()))
                .start();
    }

    /// Starts it again on the same folder and port, after [#stop] or [#kill9].
    public void restart() throws IOException {
        if (ended || process.isAlive()) {
            throw new IllegalStateException(kind.name() + " is still running, or ended for good");
        }
        spawnedNanos = System.nanoTime();
        process = spawn(kind, folder, address.getPort());
    }

    /// Seconds since the process was last started.
    public double secondsSinceSpawn() {
        return (System.nanoTime() - spawnedNanos) / 1e9;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        while (!answersMetadata()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(kind.name() + " did not become ready; the end of its log:\n" + logTail());
            }
            TimeUnit.NANOSECONDS.sleep(POLL_NANOS);
        }
    }

    private boolean answersMetadata() {
        try (KafkaWire wire = new KafkaWire(address)) {
            return new TopicAdmin(wire).brokerCount() > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    public void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
            kill9();
            throw new IOException(kind.name() + " did not stop within " + STOP_MAX);
        }
    }

    /// Ends it without warning (SIGKILL).
    public void kill9() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public Map<String, String> topicConfigs(Durability durability) {
        return kind.topicConfigs(durability);
    }

    @Override
    public int replicas() {
        return 1;
    }

    @Override
    public String bootstrap() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public double cpuSeconds() throws IOException {
        return ProcStat.cpuSeconds(process.pid());
    }

    @Override
    public long rssKb() throws IOException {
        return ProcStat.rssKb(process.pid());
    }

    @Override
    public long folderCount(Predicate<String> name) throws IOException {
        return Folders.count(folder, name);
    }

    private String logTail() throws IOException {
        List<String> lines = Files.readAllLines(log(folder));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    private static Path log(Path folder) {
        return folder.resolve("broker.log");
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(closer);
        end();
    }

    private void end() {
        ended = true;
        process.destroyForcibly();
        // An interrupt must not leave the broker's folder behind, so wait without being interruptible.
        process.onExit().join();
        Folders.delete(folder);
    }
}
