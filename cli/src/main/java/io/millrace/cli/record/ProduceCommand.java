package io.millrace.cli.record;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Failures;
import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.Patience;
import io.millrace.cli.client.Refusals;
import io.millrace.cli.client.WriteOption;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
    @Mixin
    private final TopicOption topic = new TopicOption();

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
            names = "--line-bytes-max",
            paramLabel = "N",
            description = "The longest line that is read (default: ${DEFAULT-VALUE}).")
    private int lineBytesMax = 16 * 1024 * 1024;

    @Option(names = "--progress", description = "Show a progress bar even when stderr is no terminal.")
    private boolean progress;

    @Mixin
    private final WriteOption write = new WriteOption();

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicReference<Optional<Exception>> firstFailure = new AtomicReference<>(Optional.empty());

    @Override
    public Integer call() throws IOException {
        LineRecord.Rule rule = rule();
        if (topic.partitions().size() > 1) {
            throw output.misused("One --partition, or none");
        }
        TopicLook look = TopicLook.begin(client, topic.name());
        try (InputStream in = file.isPresent() ? Files.newInputStream(file.get()) : System.in;
                Producer<byte[], byte[]> producer = client.producer(settings());
                Refusals refusals = Refusals.heard(output::mention);
                Patience _ = Patience.watching(
                        client,
                        () -> sent.get() > written.get() && firstFailure.get().isEmpty(),
                        written::get,
                        why -> output.mention(why.error() + ". Trying again"))) {
            requireTopic(producer, look);
            try (Progress bar = progress()) {
                sendAll(new Lines(in, lineBytesMax), rule, producer, bar);
            } catch (CommandFailure wrong) {
                producer.flush();
                throw wrong.and(soFar());
            }
            producer.flush();
            firstFailure.get().ifPresent(failed -> {
                throw refusals.explain(Failures.of(failed)).and(soFar());
            });
        }
        if (output.isJson()) {
            Map<String, Object> done = new LinkedHashMap<>();
            done.put("topic", topic.name());
            done.put("records", written.get());
            output.answer().json(done);
        } else {
            output.mention(records() + " written");
        }
        return ExitCode.OK.number();
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(write.settings());
        settings.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(lineBytesMax));
        return settings;
    }

    /// Before anything is sent: the client library would wait a minute for a partition to come into being. A topic that
    /// does not exist is made by the broker when it is asked about, unless it may not.
    private void requireTopic(Producer<byte[], byte[]> producer, TopicLook look) {
        boolean wasMissing = look.isMissing();
        try {
            List<PartitionInfo> there = producer.partitionsFor(topic.name());
            topic.among(there);
            if (wasMissing) {
                output.mention(TopicLook.words(topic.name(), there));
            }
        } catch (TimeoutException never) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "There is no topic " + topic.name() + ", and the broker did not make it",
                    "millrace topic create " + topic.name());
        }
    }

    private String soFar() {
        return "; " + records() + (written.get() == 1 ? " was written" : " were written");
    }

    private String records() {
        return written.get() == 1 ? "1 record" : written.get() + " records";
    }

    private LineRecord.Rule rule() {
        try {
            return LineRecord.Rule.of(Escapes.read(keySeparator), Escapes.read(nullMark));
        } catch (IllegalArgumentException wrong) {
            throw output.misused(String.valueOf(wrong.getMessage()));
        }
    }

    private Progress progress() throws IOException {
        if (!progress && !Progress.hasTerminal()) {
            return Progress.NONE;
        }
        return Progress.bar(topic.name(), file.isPresent() ? Files.size(file.get()) : -1);
    }

    private void sendAll(Lines lines, LineRecord.Rule rule, Producer<byte[], byte[]> producer, Progress bar)
            throws IOException {
        List<Header> common = headers();
        Integer partition =
                topic.partitions().isEmpty() ? null : topic.partitions().getFirst();
        long number = 0;
        Optional<byte[]> line = lines.next();
        while (line.isPresent() && firstFailure.get().isEmpty()) {
            LineRecord read = read(line.get(), ++number, rule);
            int bytes = line.get().length + 1;
            sent.incrementAndGet();
            producer.send(
                    new ProducerRecord<>(topic.name(), partition, read.key(), read.value(), common),
                    (metadata, failed) -> {
                        if (failed == null) {
                            written.incrementAndGet();
                        } else {
                            firstFailure.compareAndSet(Optional.empty(), Optional.of(failed));
                        }
                        bar.step(bytes);
                    });
            line = lines.next();
        }
    }

    private LineRecord read(byte[] line, long number, LineRecord.Rule rule) {
        return LineRecord.read(line, rule)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.FAILED, "Line " + number + " has no key separator '" + keySeparator + "'"));
    }

    private List<Header> headers() {
        var list = new ArrayList<Header>();
        headers.forEach((name, value) -> list.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
        return list;
    }
}
