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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
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
    private static final int LINGER_MS = 5;
    private static final long REQUEST_MS_MAX = 30_000;
    private static final long GIVE_UP_AFTER_MS = 1_000;

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

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long a record may wait for its acknowledgement, with all tries (default:"
                    + " ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 120;

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
    private final AtomicReference<Optional<CommandFailure>> lastWhy = new AtomicReference<>(Optional.empty());

    @Override
    public Integer call() throws IOException {
        LineRecord.Rule rule = rule();
        if (topic.partitions().size() > 1) {
            throw output.misused("One --partition, or none");
        }
        if (timeoutSeconds < 1) {
            throw output.misused("--timeout is a number of seconds, 1 at least");
        }
        TopicLook look = TopicLook.begin(client, topic.name());
        try (InputStream in = file.isPresent() ? Files.newInputStream(file.get()) : System.in;
                Producer<byte[], byte[]> producer = client.producer(settings());
                Refusals refusals = Refusals.heard(output::mention);
                Patience _ = Patience.watching(client, this::waits, written::get, this::tell);
                DeliveryLimit _ =
                        DeliveryLimit.watching(limitMs(), this::waits, written::get, () -> giveUp(producer))) {
            requireTopic(producer, look);
            try (Progress bar = progress()) {
                sendAll(new Lines(in, lineBytesMax), rule, producer, bar);
            } catch (CommandFailure wrong) {
                producer.flush();
                throw wrong.and(soFar());
            }
            producer.flush();
            firstFailure.get().ifPresent(failed -> {
                throw explained(refusals.explain(Failures.of(failed))).and(soFar());
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

    private boolean waits() {
        return sent.get() > written.get() && firstFailure.get().isEmpty();
    }

    private void tell(CommandFailure why) {
        lastWhy.set(Optional.of(why));
        output.mention(why.error() + ". Trying again");
    }

    /// Later than the client's own limit, which knows more of why.
    private long limitMs() {
        long ms = client.setting(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
                .map(Long::parseLong) // the producer was made with it
                .orElse(timeoutSeconds * 1_000L);
        return ms + GIVE_UP_AFTER_MS;
    }

    private void giveUp(Producer<byte[], byte[]> producer) {
        var tooLong = new TimeoutException("nothing was acknowledged for " + limitMs() / 1_000 + " seconds");
        firstFailure.compareAndSet(Optional.empty(), Optional.of(tooLong));
        producer.close(Duration.ZERO);
    }

    /// Why nothing moved, when that was found out, says more than that time is over.
    private CommandFailure explained(CommandFailure failure) {
        return failure.exit() == ExitCode.UNREACHABLE
                ? lastWhy.get()
                        .map(why -> why.and("; no acknowledgement in time (--timeout)"))
                        .orElse(failure)
                : failure;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(write.settings());
        long timeoutMs = timeoutSeconds * 1_000L;
        settings.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(LINGER_MS));
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(timeoutMs));
        settings.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Long.toString(Math.min(REQUEST_MS_MAX, timeoutMs - LINGER_MS)));
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
            Callback acknowledged = (metadata, failed) -> {
                if (failed == null) {
                    written.incrementAndGet();
                } else {
                    firstFailure.compareAndSet(Optional.empty(), Optional.of(failed));
                }
                bar.step(bytes);
            };
            try {
                producer.send(
                        new ProducerRecord<>(topic.name(), partition, read.key(), read.value(), common), acknowledged);
            } catch (KafkaException | IllegalStateException refused) {
                requireGivenUp(refused);
            }
            line = lines.next();
        }
    }

    /// A producer that was given up refuses all that comes after; else it is worth telling.
    private void requireGivenUp(RuntimeException refused) {
        if (firstFailure.get().isEmpty()) {
            throw refused;
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
