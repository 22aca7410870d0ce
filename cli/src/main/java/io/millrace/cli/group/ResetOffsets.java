package io.millrace.cli.group;

import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.PartitionSet;
import io.millrace.cli.client.Position;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Missing;
import io.millrace.cli.output.OutputOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace group reset-offsets`: moves a group that has no members to another place.
@Command(
        name = "reset-offsets",
        description = "Move a group without members to another place in its topics.",
        mixinStandardHelpOptions = true)
final class ResetOffsets implements Runnable {
    /// One partition's move.
    private record Move(TopicPartition partition, Object from, long to) {}

    private static final List<Column<Move>> COLUMNS = List.of(
            new Column<>("topic", move -> move.partition().topic()),
            new Column<>("partition", move -> move.partition().partition()),
            new Column<>("from", Move::from),
            new Column<>("to", Move::to));

    @Parameters(paramLabel = "GROUP", description = "Its name.")
    private String group = "";

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC[:PARTITION,...]",
            description = "Only these. May be repeated (default: all the group has committed to).")
    private List<String> topics = new ArrayList<>();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PLACE",
            converter = Position.Converter.class,
            description = "earliest, latest, an offset, +N or -N from where the group is, or a time such as"
                    + " 2026-11-22T10:00:00Z.")
    @SuppressWarnings("NullAway.Init") // picocli fills it in: the option is required
    private Position to;

    @Option(names = "--dry-run", description = "Only show what would be done.")
    private boolean dryRun;

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            var offsets = new GroupOffsets(admin);
            Map<TopicPartition, Long> committed = offsets.committed(group);
            Collection<TopicPartition> partitions =
                    topics.isEmpty() ? committed.keySet() : PartitionSet.of(admin, topics);
            if (partitions.isEmpty()) {
                throw output.misused("The group " + group + " has committed nothing: which --topic?");
            }
            List<Move> moves = moves(offsets, committed, partitions);
            if (!dryRun) {
                var wanted = new HashMap<TopicPartition, OffsetAndMetadata>();
                moves.forEach(move -> wanted.put(move.partition(), new OffsetAndMetadata(move.to())));
                Replies.await(admin.alterConsumerGroupOffsets(group, wanted).all());
            }
            output.answer().rows(COLUMNS, moves);
        }
    }

    private List<Move> moves(
            GroupOffsets offsets, Map<TopicPartition, Long> committed, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Long> first = offsets.find(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> end = offsets.find(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> at = to instanceof Position.Time time
                ? offsets.find(partitions, OffsetSpec.forTimestamp(time.timestampMs()))
                : Map.of();
        return partitions.stream()
                .map(partition -> {
                    long low = Objects.requireNonNull(first.get(partition));
                    long high = Objects.requireNonNull(end.get(partition));
                    Long now = committed.get(partition);
                    long wanted = switch (to) {
                        case Position.Earliest earliest -> low;
                        case Position.Latest latest -> high;
                        case Position.At offset -> offset.offset();
                        case Position.Shift shift -> (now == null ? low : now) + shift.by();
                        case Position.Time time -> Objects.requireNonNull(at.get(partition));
                    };
                    return new Move(partition, now == null ? Missing.VALUE : now, Math.clamp(wanted, low, high));
                })
                .toList();
    }
}
