package io.millrace.cli.record;

import io.millrace.cli.ExitCode;
import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.Position;
import io.millrace.cli.output.OutputOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
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
            description = "earliest, latest, an offset, -N for the last N of each partition, or a time such as"
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

    @Override
    public Integer call() throws IOException {
        RecordFormat records = recordFormat();
        refuseContradictions();
        try (Consumer<byte[], byte[]> consumer = client.consumer(settings())) {
            ReadPlan plan =
                    group.isEmpty() ? ReadPlan.ofTopic(consumer, topic, from) : ReadPlan.ofGroup(consumer, topic);
            print(consumer, plan, records, System.out);
        }
        return ExitCode.OK.number();
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

    private void print(Consumer<byte[], byte[]> consumer, ReadPlan plan, RecordFormat records, OutputStream out)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        long printed = 0;
        while (printed < count && (follow || !plan.isDone())) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(ReadPlan.POLL);
            for (ConsumerRecord<byte[], byte[]> entry : polled) {
                if (printed < count && (follow || plan.wants(entry))) {
                    records.write(entry, bytes);
                    printed++;
                    plan.printed(entry);
                }
            }
            out.write(bytes.toByteArray());
            out.flush();
            bytes.reset();
            if (!group.isEmpty()) {
                plan.commit();
            }
        }
    }
}
