package io.millrace.cli.record;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Failures;
import io.millrace.cli.client.ClientOption;
import io.millrace.cli.output.OutputOption;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace produce`: each line of a file or of the standard input becomes a record. Ends when every record is
/// acknowledged.
@Command(
        name = "produce",
        description = "Write lines of a file or of the standard input to a topic, one record each.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "echo hello | millrace produce greetings",
            "millrace produce orders --file orders.csv --key-separator ,"
        })
public final class ProduceCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TOPIC", description = "Where to.")
    private String topic = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "What to read (default: the standard input).")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = {"-k", "--key-separator"},
            paramLabel = "TEXT",
            description = "What stands between key and value in a line, such as : or \\t (default: lines have no key).")
    private String keySeparator = "";

    @Option(
            names = "--null",
            paramLabel = "TEXT",
            description = "A value that is written so becomes null, a tombstone (default: none does).")
    private String nullMark = "";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header for every record. May be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "Only there (default: by key, or spread).")
    private Optional<Integer> partition = Optional.empty();

    @Option(
            names = {"-a", "--acks"},
            paramLabel = "N",
            description = "0, 1 or all (default: ${DEFAULT-VALUE}).")
    private String acks = "all";

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "CODEC",
            description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
    private String compression = "none";

    @Option(
            names = "--line-bytes-max",
            paramLabel = "N",
            description = "The longest line that is read (default: ${DEFAULT-VALUE}).")
    private int lineBytesMax = 16 * 1024 * 1024;

    @Option(names = "--progress", description = "Show a progress bar even when stderr is no terminal.")
    private boolean progress;

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    private final AtomicReference<Optional<Exception>> firstFailure = new AtomicReference<>(Optional.empty());

    @Override
    public Integer call() throws IOException {
        LineRecord.Rule rule = rule();
        try (InputStream in = file.isPresent() ? Files.newInputStream(file.get()) : System.in;
                Producer<byte[], byte[]> producer = client.producer(Map.of(
                        ProducerConfig.ACKS_CONFIG,
                        acks,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        compression,
                        ProducerConfig.LINGER_MS_CONFIG,
                        "5",
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                        Integer.toString(lineBytesMax)));
                Progress bar = progress()) {
            long sent = sendAll(new Lines(in, lineBytesMax), rule, producer, bar);
            producer.flush();
            refuseIfFailed();
            Map<String, Object> done = new LinkedHashMap<>();
            done.put("topic", topic);
            done.put("records", sent);
            if (output.isJson()) {
                output.to(spec).json(done);
            }
            return ExitCode.OK.number();
        }
    }

    private LineRecord.Rule rule() {
        try {
            return LineRecord.Rule.of(Escapes.read(keySeparator), Escapes.read(nullMark));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
        }
    }

    private Progress progress() throws IOException {
        if (!progress && !Progress.hasTerminal()) {
            return Progress.NONE;
        }
        return Progress.bar(topic, file.isPresent() ? Files.size(file.get()) : -1);
    }

    private long sendAll(Lines lines, LineRecord.Rule rule, Producer<byte[], byte[]> producer, Progress bar)
            throws IOException {
        List<Header> common = headers();
        long sent = 0;
        Optional<byte[]> line = lines.next();
        while (line.isPresent() && firstFailure.get().isEmpty()) {
            long number = ++sent;
            LineRecord read = LineRecord.read(line.get(), rule)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.FAILED, "Line " + number + " has no key separator '" + keySeparator + "'"));
            int bytes = line.get().length + 1;
            producer.send(
                    new ProducerRecord<>(topic, partition.orElse(null), read.key(), read.value(), common),
                    (metadata, failed) -> {
                        if (failed != null) {
                            firstFailure.compareAndSet(Optional.empty(), Optional.of(failed));
                        }
                        bar.step(bytes);
                    });
            line = lines.next();
        }
        return sent;
    }

    private List<Header> headers() {
        var list = new ArrayList<Header>();
        headers.forEach((name, value) -> list.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        return list;
    }

    private void refuseIfFailed() {
        firstFailure.get().ifPresent(failed -> {
            throw Failures.of(failed);
        });
    }
}
