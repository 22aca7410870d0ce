package io.millrace.cli.bench;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.Failures;
import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.client.WriteOption;
import io.millrace.cli.output.Answer;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.OutputOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace bench`: producers and consumers in this process, a table of latencies and a plot of them.
@Command(
        name = "bench",
        description = "Put load on a broker and show rates and latencies.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Latency counts from when a record was due (--rate) or sent, to its acknowledgement (produce) or its",
            "arrival at a consumer (end-to-end). Without --rate it is mostly the time in the client's own queue.",
            "The client shares the machine: compare, do not publish.",
            "",
            "millrace bench --producers 4 --size 100 --rate 20000 --seconds 30"
        })
public final class BenchCommand implements Runnable {
    private static final long SECOND_NS = 1_000_000_000L;

    /// One line of the answer.
    private record Line(String name, Histogram micros, double seconds, int recordBytes) {
        double perSecond() {
            return round(micros.getTotalCount() / seconds);
        }

        double mibPerSecond() {
            return round(micros.getTotalCount() * (double) recordBytes / seconds / (1 << 20));
        }

        double ms(double percentile) {
            return round(micros.getValueAtPercentile(percentile) / 1_000.0);
        }

        private static double round(double value) {
            return Math.round(value * 100) / 100.0;
        }
    }

    private static final List<Column<Line>> COLUMNS = List.of(
            new Column<>("path", Line::name),
            new Column<>("records", line -> line.micros().getTotalCount()),
            new Column<>("records/s", Line::perSecond),
            new Column<>("MiB/s", Line::mibPerSecond),
            new Column<>("p50 ms", line -> line.ms(50)),
            new Column<>("p90 ms", line -> line.ms(90)),
            new Column<>("p99 ms", line -> line.ms(99)),
            new Column<>("p99.9 ms", line -> line.ms(99.9)),
            new Column<>("max ms", line -> line.ms(100)));

    @Option(names = "--topic", description = "Where to (default: ${DEFAULT-VALUE}; made if missing, then deleted).")
    private String topic = "millrace-bench";

    @Option(names = "--partitions", description = "Partitions of a topic that is made (default: ${DEFAULT-VALUE}).")
    private int partitions = 6;

    @Option(
            names = "--topic-config",
            paramLabel = "KEY=VALUE",
            description = "A setting of a topic that is made. May be repeated.")
    private Map<String, String> topicSettings = new LinkedHashMap<>();

    @Option(names = "--producers", description = "Producers, a thread each (default: ${DEFAULT-VALUE}).")
    private int producers = 1;

    @Option(names = "--consumers", description = "Consumers, a thread each (default: ${DEFAULT-VALUE}).")
    private int consumers = 1;

    @Option(names = "--size", description = "Bytes of each record, at least 8 (default: ${DEFAULT-VALUE}).")
    private int size = 100;

    @Option(names = "--rate", description = "Records per second of all together (default: as fast as they go).")
    private long rate;

    @Option(names = "--seconds", description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(names = "--warm-up", description = "Seconds before, not measured (default: ${DEFAULT-VALUE}).")
    private int warmUp = 3;

    @Option(names = "--batch-bytes", description = "The producers' batch.size (default: ${DEFAULT-VALUE}).")
    private int batchBytes = 16_384;

    @Option(names = "--linger-ms", description = "The producers' linger.ms (default: ${DEFAULT-VALUE}).")
    private int lingerMs = 5;

    @Option(names = "--keep", description = "Do not delete the topic that was made.")
    private boolean keep;

    @Mixin
    private final WriteOption write = new WriteOption();

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public void run() {
        Load load = load();
        try (Admin admin = client.admin()) {
            boolean made = makeTopic(admin);
            try {
                show(measure(load, partitionsOf(admin)));
            } finally {
                if (made && !keep) {
                    Replies.await(admin, admin.deleteTopics(List.of(topic)).all());
                }
            }
        }
    }

    private Load load() {
        if (size < Load.RECORD_BYTES_MIN || producers < 1 || consumers < 0 || seconds < 1 || warmUp < 0 || rate < 0) {
            throw output.misused(
                    "At least: --size 8, --producers 1, --consumers 0, --seconds 1, --warm-up 0, --rate 0");
        }
        return new Load(topic, producers, consumers, size, rate, warmUp * SECOND_NS, seconds * SECOND_NS);
    }

    private boolean makeTopic(Admin admin) {
        if (Replies.await(admin, admin.listTopics().names()).contains(topic)) {
            return false;
        }
        var wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(topicSettings);
        Replies.await(admin, admin.createTopics(List.of(wanted)).all());
        return true;
    }

    private List<TopicPartition> partitionsOf(Admin admin) {
        return Replies.await(admin, admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                .flatMap(found -> found.partitions().stream())
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private List<Line> measure(Load load, List<TopicPartition> all) {
        var failure = new AtomicReference<>(Optional.<Exception>empty());
        long startNs = System.nanoTime() + SECOND_NS; // by then every client is connected
        long fromNs = startNs + load.warmUpNs();
        long endNs = fromNs + load.runNs();
        var produced = new ArrayList<Meter>();
        var consumed = new ArrayList<Meter>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < Math.min(load.consumers(), all.size()); i++) {
            var meter = new Meter(fromNs, endNs);
            consumed.add(meter);
            var reader = new LoadConsumer(client.consumer(consumerSettings()), share(all, i), meter, endNs);
            threads.add(Thread.ofPlatform().name("bench-consumer-" + i).unstarted(reader));
        }
        for (int i = 0; i < load.producers(); i++) {
            var meter = new Meter(fromNs, endNs);
            produced.add(meter);
            var writer = new LoadProducer(load, client.producer(producerSettings()), meter, startNs, failure);
            threads.add(Thread.ofPlatform().name("bench-producer-" + i).unstarted(writer));
        }
        runAll(threads);
        failure.get().ifPresent(failed -> {
            throw Failures.of(failed);
        });
        var lines = new ArrayList<Line>();
        lines.add(new Line("produce", Meter.sum(produced), seconds, size));
        if (!consumed.isEmpty()) {
            lines.add(new Line("end-to-end", Meter.sum(consumed), seconds, size));
        }
        return lines;
    }

    private List<TopicPartition> share(List<TopicPartition> all, int consumer) {
        return IntStream.range(0, all.size())
                .filter(i -> i % Math.min(consumers, all.size()) == consumer)
                .mapToObj(all::get)
                .toList();
    }

    private static void runAll(List<Thread> threads) {
        threads.forEach(Thread::start);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted");
        }
    }

    private Map<String, String> producerSettings() {
        Map<String, String> settings = new LinkedHashMap<>(write.settings());
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(batchBytes));
        settings.put(ProducerConfig.LINGER_MS_CONFIG, Integer.toString(lingerMs));
        return settings;
    }

    private static Map<String, String> consumerSettings() {
        return Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    }

    private void show(List<Line> lines) {
        Answer answer = output.answer();
        answer.rows(COLUMNS, lines);
        if (!output.isJson()) {
            for (Line line : lines) {
                answer.say("");
                answer.say(line.name());
                LatencyPlot.lines(line.micros()).forEach(answer::say);
            }
        }
    }
}
