package io.millrace.conformance;

import java.nio.file.Path;
import java.util.List;

/// Where one broker process lives: its folder and the two loopback ports it was given.
///
/// Immutable. Millrace listens for Kafka on the first port and for HTTP on the second; Kafka uses the second for its
/// controller.
///
/// @param folder the only place the process may write
/// @param kafkaPort where clients connect
/// @param secondPort the other listener every broker needs
/// @param settings `KEY=VALUE` beside these, for Millrace alone
public record BrokerHome(Path folder, int kafkaPort, int secondPort, List<String> settings) {
    public BrokerHome {
        settings = List.copyOf(settings);
    }

    /// The folder that holds the partition folders.
    public Path data() {
        return folder.resolve("data");
    }

    /// Everything the process printed.
    public Path log() {
        return folder.resolve("broker.log");
    }

    /// The address a client is given.
    public String bootstrap() {
        return "127.0.0.1:" + kafkaPort;
    }
}
