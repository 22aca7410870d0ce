package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.Node;
import io.millrace.server.config.ConfigInputs;
import io.millrace.server.config.ConfigLoader;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How `consume` ends when nobody takes what it prints, or when it is told to: against a real node, and where pipes and
/// signals count, as a process of its own.
class ConsumeScenario {
    private static final int RECORDS = 5_000;

    @TempDir
    static Path folder;

    static Node node;
    static String bootstrap;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = Node.start(ConfigLoader.load(ConfigInputs.NONE
                        .withData(folder.resolve("data").toString())
                        .withSets(List.of(
                                "listeners.kafka=127.0.0.1:0",
                                "listeners.http=",
                                "listeners.management=",
                                "listeners.amqp=",
                                "groups.initial-rebalance-delay-ms=0",
                                "groups.offsets-partitions=2")))
                .config());
        bootstrap = "127.0.0.1:" + node.kafkaAddress().getPort();
        var lines = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            lines.append(String.format("%099d\n", i)); // five times what a pipe holds
        }
        Path file = Files.writeString(folder.resolve("lines"), lines);
        assertThat(run("topic", "create", "pipe", "-p", "1").exit()).isZero();
        assertThat(run("produce", "pipe", "--file", file.toString()).exit()).isZero();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        node.stop();
    }

    @Test
    void aFullOutputIsAFailureAndTheGroupStaysAtWhatWasWritten() {
        CommandRun run = run(MemoryOutlet.failingAfter(1_234, "No space left"), "consume", "pipe", "--group", "full");

        assertThat(run)
                .isEqualTo(new CommandRun(1, "", "The output can not be written (No space left); 12 records were\n"));
        assertThat(committed("full")).isEqualTo(12);
    }

    @Test
    void aReaderThatWentAwayEndsItQuietly() {
        CommandRun run = run(MemoryOutlet.failingAfter(200, "Broken pipe"), "consume", "pipe", "--group", "head");

        assertThat(run).isEqualTo(new CommandRun(141, "", ""));
        assertThat(committed("head")).isEqualTo(2);
    }

    @Test
    void followingEndsWhenTheReaderIsGoneThoughNothingComes() {
        MemoryOutlet out = MemoryOutlet.failingAfter(300, "never written to");

        CommandRun run = run(out, "consume", "pipe", "--from", "-3", "--follow");

        assertThat(run).isEqualTo(new CommandRun(141, "", ""));
        assertThat(out.text()).hasSize(300);
    }

    @Test
    void aClosedPipeEndsTheProcess() throws IOException, InterruptedException {
        Process process = process("consume", "pipe", "--group", "piped").start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).endsWith("0");
        }

        assertThat(exit(process)).isEqualTo(141);
        assertThat(errors(process)).isEmpty();
        assertThat(committed("piped")).isBetween(1L, (long) RECORDS - 1);
    }

    @Test
    void followingEndsWhenAnIdlePipeIsClosed() throws IOException, InterruptedException {
        Process process = process("consume", "pipe", "--from", "-2", "--follow").start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isNotNull();
            assertThat(out.readLine()).isNotNull();
        }

        assertThat(exit(process)).isEqualTo(141);
        assertThat(errors(process)).isEmpty();
    }

    @Test
    void aFullDeviceIsNoSuccess() throws IOException, InterruptedException {
        var full = ProcessBuilder.Redirect.to(new File("/dev/full"));
        Process consumer = process("consume", "pipe").redirectOutput(full).start();
        Process list = process("topic", "list").redirectOutput(full).start();

        assertThat(exit(consumer)).isEqualTo(1);
        assertThat(errors(consumer)).startsWith("The output can not be written (No space left on device); 0 records");
        assertThat(exit(list)).isEqualTo(1);
        assertThat(errors(list)).isEqualTo("The output can not be written\n");
    }

    @Test
    void toldToEndItLeavesItsGroup() throws IOException, InterruptedException {
        Process process =
                process("consume", "pipe", "--group", "leaving", "--follow").start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < RECORDS; i++) {
                assertThat(out.readLine()).isNotNull();
            }
            assertThat(run("group", "describe", "leaving", "-o", "json").out()).contains("\"state\":\"Stable\"");
            assertThat(run("group", "reset-offsets", "leaving", "--to", "earliest"))
                    .isEqualTo(new CommandRun(
                            5,
                            "",
                            "Offsets can only be reset when the group leaving is inactive, but it is Stable (1 member)."
                                    + " Stop its consumers; one that was killed counts until its session times out\n"));
            process.toHandle().destroy(); // SIGTERM; the process's own method would close its streams

            assertThat(exit(process)).isEqualTo(143);
        }
        assertThat(errors(process)).isEmpty();
        assertThat(run("group", "describe", "leaving", "-o", "json").out())
                .contains("\"state\":\"Empty\"", "\"committed\":" + RECORDS, "\"members\":[]");
    }

    private static ProcessBuilder process(String... args) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-cp", classPath(), "io.millrace.cli.Main"));
        command.addAll(withBootstrap(args));
        return new ProcessBuilder(command);
    }

    /// What the tests run with; Surefire hides it in a jar and tells in a property.
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static int exit(Process process) throws InterruptedException {
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("ended by itself").isTrue();
        return process.exitValue();
    }

    private static String errors(Process process) throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static long committed(String group) {
        String described = run("group", "describe", group, "-o", "json").out();
        return Long.parseLong(described.replaceFirst("(?s).*\"committed\":(\\d+).*", "$1"));
    }

    private static CommandRun run(String... args) {
        return run(MemoryOutlet.endless(), args);
    }

    private static CommandRun run(MemoryOutlet outlet, String... args) {
        return CommandRun.of(outlet, withBootstrap(args).toArray(String[]::new));
    }

    private static List<String> withBootstrap(String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--bootstrap", bootstrap));
        return all;
    }
}
