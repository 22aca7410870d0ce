package io.millrace.benchmarks.vsrabbitmq;

import io.millrace.benchmarks.vskafka.broker.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One side of the comparison: how its broker is started on an empty folder. Immutable.
sealed interface AmqpContender {
    /// The name in tables and of `--brokers`.
    String name();

    /// Starts it, without waiting until it is ready.
    AmqpProcess launch(Path folder) throws IOException;

    /// Debian's RabbitMQ with default settings and no plug-ins, in the foreground, with an Erlang port mapper of its
    /// own.
    record RabbitMq(String name) implements AmqpContender {
        private static final String PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server";

        @Override
        public AmqpProcess launch(Path folder) throws IOException {
            if (!Files.isExecutable(Path.of(PROGRAM))) {
                throw new IOException(PROGRAM + " is missing: apt-get install rabbitmq-server");
            }
            Files.createDirectories(folder);
            int port = FreePorts.next();
            String mapperPort = Integer.toString(FreePorts.next());
            Process mapper =
                    AmqpProcess.spawn(folder, List.of("epmd", "-port", mapperPort, "-address", "127.0.0.1"), Map.of());
            Path plugins = Files.writeString(folder.resolve("enabled_plugins"), "[].");
            Map<String, String> environment = Map.ofEntries(
                    Map.entry("HOME", folder.toString()), // Erlang's cookie is written there
                    Map.entry("ERL_EPMD_ADDRESS", "127.0.0.1"),
                    Map.entry("ERL_EPMD_PORT", mapperPort),
                    Map.entry("RABBITMQ_NODENAME", name.replace('-', '_') + "@localhost"),
                    Map.entry("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1"),
                    Map.entry("RABBITMQ_NODE_PORT", Integer.toString(port)),
                    Map.entry("RABBITMQ_DIST_PORT", Integer.toString(FreePorts.next())),
                    Map.entry("RABBITMQ_MNESIA_BASE", folder.resolve("mnesia").toString()),
                    Map.entry("RABBITMQ_LOG_BASE", folder.resolve("log").toString()),
                    Map.entry("RABBITMQ_CONFIG_FILE", folder.resolve("none").toString()),
                    Map.entry("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
                    Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
                    Map.entry("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}"));
            Process server = AmqpProcess.spawn(folder, List.of(PROGRAM), environment);
            return new AmqpProcess(name, folder, port, server, Optional.of(mapper));
        }
    }

    /// Millrace as a user starts it.
    ///
    /// @param command the path of `bin/millrace`
    record Millrace(Path command) implements AmqpContender {
        @Override
        public String name() {
            return "millrace";
        }

        @Override
        public AmqpProcess launch(Path folder) throws IOException {
            Files.createDirectories(folder);
            int port = FreePorts.next();
            List<String> start = List.of(
                    command.toString(),
                    "start",
                    "--data",
                    folder.resolve("data").toString(),
                    "--set",
                    "listeners.management=",
                    "--set",
                    "listeners.amqp=127.0.0.1:" + port,
                    "--set",
                    "listeners.kafka=127.0.0.1:" + FreePorts.next(),
                    "--set",
                    "listeners.http=127.0.0.1:" + FreePorts.next());
            Map<String, String> environment = Map.of("JAVA_HOME", System.getProperty("java.home"));
            return new AmqpProcess(
                    name(), folder, port, AmqpProcess.spawn(folder, start, environment), Optional.empty());
        }
    }
}
