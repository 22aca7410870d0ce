package io.millrace.cli.cluster.local;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The checked-out or unpacked Millrace this command belongs to, from which it starts more processes.
///
/// @param root the folder that holds `bin/millrace`
public record Installation(Path root) {
    /// As `bin/millrace` tells.
    public static Installation ofThisCommand() {
        String root = System.getProperty("millrace.root");
        if (root == null) {
            throw new CommandFailure(
                    ExitCode.FAILED, "Only bin/millrace can start more nodes: it says where it lies (-Dmillrace.root)");
        }
        return new Installation(Path.of(root));
    }

    public NodeSoftware millrace() {
        return new MillraceNodes(command(), false);
    }

    /// With AMQP and its management API on every node.
    public NodeSoftware millraceWithAmqp() {
        return new MillraceNodes(command(), true);
    }

    private Path command() {
        return root.resolve("bin").resolve("millrace");
    }

    /// Kafka, where its jars were fetched before.
    public NodeSoftware kafka() {
        Path benchmarks = root.resolve("benchmarks");
        Path classPath = benchmarks.resolve("target").resolve("kafka.class-path");
        if (!Files.exists(classPath)) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "Kafka's jars are not here: " + classPath,
                    "To fetch them: " + benchmarks.resolve("vs-kafka") + " --list");
        }
        try {
            return new KafkaNodes(new KafkaJvm(
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    Files.readString(classPath).strip(),
                    benchmarks.resolve("peers").resolve("kafka").resolve("log4j2.xml")));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
