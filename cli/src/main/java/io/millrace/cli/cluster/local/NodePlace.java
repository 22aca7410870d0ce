package io.millrace.cli.cluster.local;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where one node lives. It stays there over all its starts.
///
/// @param folder the only place the process may write to
/// @param kafkaPort where clients connect
/// @param clusterPort where other nodes connect
/// @param thirdPort HTTP of Millrace, Kafka's controller listener
/// @param amqpPort where AMQP's clients connect, if the software is to speak it
/// @param managementPort of the management API beside it
/// @param host the address it listens on
/// @param clusterHost by which name other nodes reach it
/// @param jvmFlags more flags for its JVM
public record NodePlace(
        int id,
        Path folder,
        int kafkaPort,
        int clusterPort,
        int thirdPort,
        int amqpPort,
        int managementPort,
        String host,
        String clusterHost,
        List<String> jvmFlags) {
    static final String LOOPBACK = "127.0.0.1";

    public NodePlace {
        jvmFlags = List.copyOf(jvmFlags);
    }

    /// The same reached under another name by the others, which its JVM may know how to resolve by these flags.
    public NodePlace reachedAs(String name, List<String> flags) {
        return new NodePlace(
                id, folder, kafkaPort, clusterPort, thirdPort, amqpPort, managementPort, host, name, flags);
    }

    /// The same at another address than this machine's own, for everybody.
    public NodePlace at(String address) {
        return new NodePlace(
                id, folder, kafkaPort, clusterPort, thirdPort, amqpPort, managementPort, address, address, jvmFlags);
    }

    /// The same with more flags for its JVM, which count more than those it has.
    public NodePlace withFlags(List<String> more) {
        return reachedAs(
                clusterHost, Stream.concat(jvmFlags.stream(), more.stream()).toList());
    }

    List<Integer> ports() {
        return List.of(kafkaPort, clusterPort, thirdPort, amqpPort, managementPort);
    }

    public Path data() {
        return folder.resolve("data");
    }

    /// What the process printed over all its starts.
    public Path log() {
        return folder.resolve("node.log");
    }

    public String kafkaAddress() {
        return host + ":" + kafkaPort;
    }

    public String amqpAddress() {
        return host + ":" + amqpPort;
    }

    public String managementAddress() {
        return host + ":" + managementPort;
    }

    String clusterAddress() {
        return clusterHost + ":" + clusterPort;
    }

    String name() {
        return "node-" + id;
    }
}
