package io.millrace.cli.topic;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Description;
import io.millrace.cli.output.Missing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace topic describe`: partitions with leaders and offsets, and settings with where they come from.
@Command(
        name = "describe",
        description = "Show partitions, offsets and settings of topics.",
        mixinStandardHelpOptions = true)
final class DescribeTopics implements Runnable {
    private static final int OFFSETS_MS_MAX = 5_000;

    /// One partition with what it holds.
    private record PartitionRow(TopicPartitionInfo info, Object first, Object next) {}

    private static final List<Column<PartitionRow>> PARTITIONS = List.of(
            new Column<>("partition", row -> row.info().partition()),
            new Column<>("leader", row -> id(row.info().leader())),
            new Column<>("replicas", row -> ids(row.info().replicas())),
            new Column<>("in-sync", row -> ids(row.info().isr())),
            new Column<>("first", PartitionRow::first),
            new Column<>("next", PartitionRow::next));

    private static final List<Column<ConfigEntry>> SETTINGS = List.of(
            new Column<>("setting", ConfigEntry::name),
            new Column<>("value", entry -> Objects.requireNonNullElse(entry.value(), "")),
            new Column<>("source", entry -> entry.source().name()));

    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-a", "--all"},
            description = "Every setting, not only those that differ from the default.")
    private boolean all;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            Map<String, TopicDescription> topics =
                    Replies.await(admin, admin.describeTopics(names).allTopicNames());
            Map<ConfigResource, Config> configs = Replies.await(
                    admin,
                    admin.describeConfigs(names.stream()
                                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                    .toList())
                            .all());
            var found = new ArrayList<Description>();
            for (String name : names) {
                TopicDescription topic = Objects.requireNonNull(topics.get(name));
                Config config =
                        Objects.requireNonNull(configs.get(new ConfigResource(ConfigResource.Type.TOPIC, name)));
                found.add(describe(topic, partitions(admin, topic), settings(config)));
            }
            shared.answer().descriptions(found);
        }
    }

    private static Description describe(
            TopicDescription topic, List<PartitionRow> partitions, List<ConfigEntry> settings) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("topic", topic.name());
        facts.put("id", topic.topicId().toString());
        facts.put("internal", topic.isInternal());
        return new Description(
                "Topic " + topic.name() + "  id " + topic.topicId() + (topic.isInternal() ? "  internal" : ""),
                facts,
                List.of(
                        new Description.Part<>("partitions", PARTITIONS, partitions),
                        new Description.Part<>("settings", SETTINGS, settings)));
    }

    private List<PartitionRow> partitions(Admin admin, TopicDescription topic) {
        ListOffsetsResult earliest = ask(admin, topic, OffsetSpec.earliest());
        ListOffsetsResult latest = ask(admin, topic, OffsetSpec.latest());
        Map<Integer, Object> first = offsets(earliest, topic);
        Map<Integer, Object> next = offsets(latest, topic);
        List<Integer> silent = led(topic).stream()
                .filter(partition -> !first.containsKey(partition) || !next.containsKey(partition))
                .toList();
        if (!silent.isEmpty()) {
            shared.mention("No offsets of topic " + topic.name() + ", partition(s) "
                    + String.join(", ", silent.stream().map(String::valueOf).toList())
                    + ": their leaders did not answer in time");
        }
        return topic.partitions().stream()
                .map(info -> new PartitionRow(
                        info,
                        first.getOrDefault(info.partition(), Missing.VALUE),
                        next.getOrDefault(info.partition(), Missing.VALUE)))
                .toList();
    }

    /// Only these can be asked: nobody but the leader can tell.
    private static List<Integer> led(TopicDescription topic) {
        return topic.partitions().stream()
                .filter(info -> info.leader() != null)
                .map(TopicPartitionInfo::partition)
                .toList();
    }

    /// Who was the leader when it was last decided may be gone, so not for long.
    private static ListOffsetsResult ask(Admin admin, TopicDescription topic, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked = led(topic).stream()
                .map(partition -> new TopicPartition(topic.name(), partition))
                .collect(Collectors.toMap(Function.identity(), partition -> which));
        return admin.listOffsets(asked, new ListOffsetsOptions().timeoutMs(OFFSETS_MS_MAX));
    }

    /// Those that were answered.
    private static Map<Integer, Object> offsets(ListOffsetsResult result, TopicDescription topic) {
        var offsets = new HashMap<Integer, Object>();
        for (int partition : led(topic)) {
            offset(result.partitionResult(new TopicPartition(topic.name(), partition)))
                    .ifPresent(offset -> offsets.put(partition, offset));
        }
        return offsets;
    }

    private static Optional<Long> offset(KafkaFuture<ListOffsetsResultInfo> answer) {
        try {
            return Optional.of(
                    answer.get(OFFSETS_MS_MAX * 2L, TimeUnit.MILLISECONDS).offset());
        } catch (ExecutionException | TimeoutException notTold) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted");
        }
    }

    private List<ConfigEntry> settings(Config config) {
        return config.entries().stream()
                .filter(entry -> all || entry.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG)
                .sorted(Comparator.comparing(ConfigEntry::name))
                .toList();
    }

    private static Object id(Node node) {
        return node == null ? Missing.VALUE : node.id();
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }
}
