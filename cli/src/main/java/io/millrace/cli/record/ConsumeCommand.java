package io.millrace.cli.record;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.Patience;
import io.millrace.cli.client.Position;
import io.millrace.cli.output.OutputOption;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.errors.WakeupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `millrace consume`: prints records. Ends at the end of the topic as it was in the beginning, unless told to follow.
@Command(
        name = "consume",
        description = "Print the records of a topic.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "millrace consume greetings --from -10 --follow",
            "millrace consume orders --group billing --format '%%p@%%o %%k: %%s\\n'"
        })
public final class ConsumeCommand implements Callable<Integer> {
    /// What the system says of a pipe that nobody reads any more; Java has no type for it.
    private static final String BROKEN_PIPE = "Broken pipe";

    @Mixin
    private final TopicOption topic = new TopicOption();

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "Be a member of this group: share its partitions, commit what was printed (default: none).")
    private String group = "";

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            converter = Position.Converter.class,
            description =
                    "earliest (or beginning), latest (or end), an offset, -N for the last N of each partition, or a time such as"
                            + " 2026-11-22T10:00:00Z (default: earliest; with a group, where it has none committed).")
    private Position from = new Position.Earliest();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "End after so many records (default: no limit).")
    private long count = Long.MAX_VALUE;

    @Option(names = "--follow", description = "Wait for more at the end, until interrupted.")
    private boolean follow;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "kcat's signs: %%t topic, %%p partition, %%o offset, %%T timestamp, %%k key, %%s value,"
                            + " %%h headers, %%K and %%S sizes; \\n, \\t (default: %%s\\n). With --output json, one object a line.")
    private String format = "%s\\n";

    @Option(names = "--isolation", paramLabel = "LEVEL", description = "read_committed or read_uncommitted.")
    private Optional<String> isolation = Optional.empty();

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    private final AtomicBoolean isPlanned = new AtomicBoolean();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicReference<Optional<CommandFailure>> hopeless = new AtomicReference<>(Optional.empty());
    private final Outlet outlet;

    public ConsumeCommand(Outlet outlet) {
        this.outlet = outlet;
    }

    @Override
    public Integer call() {
        RecordFormat records = recordFormat();
        refuseContradictions();
        try (var departure = new Departure();
                Consumer<byte[], byte[]> consumer = client.consumer(settings());
                Patience _ = Patience.watching(
                        client, () -> !follow || !isPlanned.get(), taken::get, why -> giveUp(consumer, why))) {
            departure.of(consumer);
            ReadPlan plan =
                    group.isEmpty() ? ReadPlan.ofTopic(consumer, topic, from) : ReadPlan.ofGroup(consumer, topic);
            isPlanned.set(true);
            return print(consumer, plan, new RecordWriter(records, outlet, plan::printed))
                    .number();
        } catch (WakeupException toldToEnd) {
            hopeless.get().ifPresent(why -> {
                throw why.and("; " + taken.get() + " records were read");
            });
            return ExitCode.OK.number(); // the process ends with its signal's number
        }
    }

    /// A cluster that can not decide who leads has nothing to read. Other silence may end.
    private void giveUp(Consumer<byte[], byte[]> consumer, CommandFailure why) {
        if (why.exit() == ExitCode.FAILED) {
            hopeless.set(Optional.of(why));
            consumer.wakeup();
        }
    }

    private RecordFormat recordFormat() {
        try {
            return output.isJson() ? RecordFormat.json() : RecordFormat.of(format);
        } catch (IllegalArgumentException wrong) {
            throw output.misused(String.valueOf(wrong.getMessage()));
        }
    }

    private void refuseContradictions() {
        boolean named = from instanceof Position.Earliest || from instanceof Position.Latest;
        if (!group.isEmpty() && (!named || !topic.partitions().isEmpty())) {
            throw output.misused(
                    "A group keeps its own place: --from is earliest or latest with --group, and there is no"
                            + " --partition. To move a group: millrace group reset-offsets");
        }
    }

    private Map<String, String> settings() {
        return Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                group.isEmpty() ? "millrace-cli" : group,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                "false",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation.orElse("read_uncommitted"),
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                "false",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                from instanceof Position.Latest && !group.isEmpty() ? "latest" : "earliest");
    }

    private ExitCode print(Consumer<byte[], byte[]> consumer, ReadPlan plan, RecordWriter writer) {
        try {
            printAll(consumer, plan, writer);
            return ExitCode.OK;
        } catch (IOException failed) {
            commit(plan); // those before the one that was cut off
            if (BROKEN_PIPE.equals(failed.getMessage())) {
                return ExitCode.READER_GONE;
            }
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "The output can not be written (" + failed.getMessage() + "); " + writer.written()
                            + " records were");
        }
    }

    private void printAll(Consumer<byte[], byte[]> consumer, ReadPlan plan, RecordWriter writer) throws IOException {
        while (taken.get() < count && (follow || !plan.isDone())) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(ReadPlan.POLL);
            for (ConsumerRecord<byte[], byte[]> entry : polled) {
                if (taken.get() < count && (follow || plan.wants(entry))) {
                    writer.add(entry);
                    taken.incrementAndGet();
                }
            }
            writer.flush();
            commit(plan);
            if (follow && polled.isEmpty() && outlet.isAbandoned()) {
                throw new IOException(BROKEN_PIPE);
            }
        }
    }

    private void commit(ReadPlan plan) {
        if (!group.isEmpty()) {
            plan.commit();
        }
    }
}
