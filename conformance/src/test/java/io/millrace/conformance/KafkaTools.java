package io.millrace.conformance;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Runs the `main` methods of Kafka's own command-line classes, unchanged, inside this process.
///
/// A JVM of its own would cost each command a second. So a class loader keeps the tools' jars apart from the client
/// under test, their calls to leave the JVM are turned into an exception through the hook they offer for tests, and
/// standard streams are redirected while one of them runs.
///
/// Owned by: one test class, one command at a time.
public final class KafkaTools implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String EXIT = "org.apache.kafka.common.utils.Exit";
    private static final int RUNNING = Integer.MIN_VALUE;

    private final URLClassLoader loader;
    private final List<Runnable> hooks = new CopyOnWriteArrayList<>();
    private final AtomicInteger exit = new AtomicInteger(RUNNING);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    private final PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);

    /// Loads the tools, or skips the test when they cannot be had.
    public KafkaTools() {
        loader = new URLClassLoader(PeerClasspath.of("kafka-tools").urls(), ClassLoader.getPlatformClassLoader());
        try {
            trap("setExitProcedure", "Procedure", this::end);
            trap("setHaltProcedure", "Procedure", this::end);
            trap("setShutdownHookAdder", "ShutdownHookAdder", this::remember);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Kafka's tools have no exit hook any more", e);
        }
    }

    private void trap(String setter, String type, Consumer<Object[]> answer) throws ReflectiveOperationException {
        Class<?> hook = loader.loadClass(EXIT + "$" + type);
        Object trap = Proxy.newProxyInstance(loader, new Class<?>[] {hook}, (proxy, method, arguments) -> {
            answer.accept(arguments);
            return null;
        });
        loader.loadClass(EXIT).getMethod(setter, hook).invoke(null, trap);
    }

    private void end(Object[] statusAndMessage) {
        exit.compareAndSet(RUNNING, (Integer) statusAndMessage[0]);
        throw new ExitRequested();
    }

    /// The console producer flushes in a shutdown hook.
    private void remember(Object[] nameAndHook) {
        hooks.add((Runnable) nameAndHook[1]);
    }

    /// Unwinds the tool's stack where it wanted to end the process.
    private static final class ExitRequested extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /// Runs a tool without input.
    public Finished run(String tool, List<String> arguments) {
        return run(tool, arguments, "");
    }

    /// Runs a tool to its end.
    public Finished run(String tool, List<String> arguments, String input) {
        var command = new ArrayList<>(List.of(tool));
        command.addAll(arguments);
        out.reset();
        err.reset();
        exit.set(RUNNING);
        hooks.clear();
        Thread thread = Thread.ofPlatform().daemon().name("kafka-tool").unstarted(() -> {
            main(tool, arguments);
            hooks.forEach(Runnable::run);
        });
        thread.setContextClassLoader(loader);
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        boolean ended = withStreams(in, thread);
        var finished = new Finished(
                command, exit.get(), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        if (!ended) {
            throw new AssertionError("not finished after " + LIMIT + ": " + finished);
        }
        return finished;
    }

    private boolean withStreams(InputStream in, Thread thread) {
        InputStream oldIn = System.in;
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        System.setIn(in);
        System.setOut(outStream);
        System.setErr(errStream);
        try {
            thread.start();
            return thread.join(LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            if (thread.isAlive()) {
                thread.interrupt();
            }
            System.setIn(oldIn);
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    private void main(String tool, List<String> arguments) {
        try {
            loader.loadClass(tool).getMethod("main", String[].class).invoke(null, (Object)
                    arguments.toArray(String[]::new));
            exit.compareAndSet(RUNNING, 0);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof ExitRequested)) {
                e.getCause().printStackTrace(errStream);
                exit.compareAndSet(RUNNING, 1);
            }
        } catch (ReflectiveOperationException e) {
            e.printStackTrace(errStream);
            exit.compareAndSet(RUNNING, 1);
        }
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the tools' jars", e);
        }
    }
}
