package io.millrace.cli.client;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Logging;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where the broker is and how its clients are set up: the same options for every client command.
public final class ClientOption {
    @Option(
            names = {"-b", "--bootstrap"},
            paramLabel = "HOST:PORT",
            description =
                    "Any node of the cluster, or several with commas (default: MILLRACE_BOOTSTRAP or localhost:9092).")
    private @Nullable String bootstrap;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec command;

    @Option(
            names = "--client-config",
            paramLabel = "KEY=VALUE",
            description = "Any setting of Kafka's client, such as security.protocol=SSL. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--verbose", description = "Show what the client library logs.")
    private boolean verbose;

    /// As this command was told, or `millrace` itself before the command's name, or the environment.
    public String bootstrap() {
        if (bootstrap != null) {
            return bootstrap;
        }
        // Inside another mixin that one is the mixee, and has no root.
        CommandSpec asked = command.commandLine().getCommandSpec();
        OptionSpec beforeCommand = asked.root().findOption("--bootstrap");
        String before = beforeCommand == null ? null : beforeCommand.getValue();
        return before != null ? before : System.getenv().getOrDefault("MILLRACE_BOOTSTRAP", "localhost:9092");
    }

    /// What the user says of a setting of the client library.
    public Optional<String> setting(String key) {
        return Optional.ofNullable(settings.get(key));
    }

    /// @throws CommandFailure at once when nobody listens; the client library would try for a minute
    public Admin admin() {
        return Admin.create(properties(Map.of()));
    }

    /// A producer of bytes, set up with `ours` unless the user says otherwise.
    public Producer<byte[], byte[]> producer(Map<String, String> ours) {
        return new KafkaProducer<>(properties(ours), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// A consumer of bytes, set up with `ours` unless the user says otherwise.
    public Consumer<byte[], byte[]> consumer(Map<String, String> ours) {
        return new KafkaConsumer<>(properties(ours), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Properties properties(Map<String, String> ours) {
        if (!verbose) {
            Logging.silenceLibraries();
        }
        reach();
        var properties = new Properties();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "millrace-cli");
        properties.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, ""); // no JMX: nobody looks, and it costs
        properties.put("enable.metrics.push", "false");
        properties.putAll(ours);
        properties.putAll(settings);
        return properties;
    }

    private void reach() {
        switch (Reach.anyOf(bootstrap(), isPlaintext())) {
            case Reach.Found.Listener there -> {}
            case Reach.Found.Nobody nobody ->
                throw new CommandFailure(
                        ExitCode.UNREACHABLE,
                        "Nobody answers at " + bootstrap(),
                        "Is Millrace running (millrace start)? Elsewhere: --bootstrap HOST:PORT");
            case Reach.Found.Stranger stranger ->
                throw new CommandFailure(
                        ExitCode.UNREACHABLE,
                        stranger.address() + " is not a Kafka listener (it answered " + stranger.like() + ")",
                        "A node's own listeners: millrace config show; with TLS: --client-config"
                                + " security.protocol=SSL");
        }
    }

    private boolean isPlaintext() {
        String protocol = settings.getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT");
        return protocol.toUpperCase(Locale.ROOT).endsWith("PLAINTEXT"); // and SASL_PLAINTEXT, which may be asked too
    }
}
