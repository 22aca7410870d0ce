package io.millrace.benchmarks.vskafka.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Millrace as a user starts it: `bin/millrace start`, whose script becomes the JVM.
///
/// @param command the path of `bin/millrace`
public record MillraceBroker(Path command) implements BrokerKind {
    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public void prepare(Path folder, int port) {
        // The first start makes its own folder.
    }

    @Override
    public List<String> startCommand(Path folder, int port) {
        return List.of(
                command.toString(),
                "start",
                "--data",
                folder.resolve("data").toString(),
                "--set",
                "listeners.kafka=127.0.0.1:" + port,
                "--set",
                "listeners.management=",
                "--set",
                "listeners.amqp=",
                "--set",
                "listeners.http=127.0.0.1:" + FreePorts.next());
    }

    @Override
    public Map<String, String> topicConfigs(Durability durability) {
        return durability == Durability.PAGE_CACHE ? Map.of("millrace.durability", "page-cache") : Map.of();
    }
}
