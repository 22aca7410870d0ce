package io.millrace.cli.group;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.PartitionSet;
import io.millrace.cli.client.Position;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Answer;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Missing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace group reset-offsets`: moves a group that has no members to another place. Like Kafka's tool it only shows
/// what it would do until `--execute` is given.
@Command(
        name = "reset-offsets",
        description = "Move a group without members to another place in its topics; without --execute only show it.",
        mixinStandardHelpOptions = true,
        footer = {"", "millrace group reset-offsets billing --to earliest --execute"})
final class ResetOffsets implements Runnable {
    /// One partition's move.
    ///
    /// @param wanted what was asked for, which `to` is not when it lies outside the log
    private record Move(TopicPartition partition, Object from, long wanted, long to) {}

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
            description = "earliest (or beginning), latest (or end), an offset, +N or -N from where the group is, or a"
                    + " time such as 2026-11-22T10:00:00Z.")
    @SuppressWarnings("NullAway.Init") // picocli fills it in: the option is required
    private Position to;

    @Option(names = "--execute", description = "Do it.")
    private boolean execute;

    @Option(names = "--dry-run", description = "Only show what would be done; so it is without --execute too.")
    private boolean dryRun;

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        if (execute && dryRun) {
            throw shared.misused("Either --execute or --dry-run");
        }
        try (Admin admin = shared.admin()) {
            refuseActive(admin);
            var offsets = new GroupOffsets(admin);
            Map<TopicPartition, Long> committed = offsets.committed(group);
            Collection<TopicPartition> partitions =
                    topics.isEmpty() ? committed.keySet() : PartitionSet.of(admin, topics);
            if (partitions.isEmpty()) {
                throw shared.misused("The group " + group + " has committed nothing: which --topic?");
            }
            List<Move> moves = moves(offsets, committed, partitions);
            if (execute) {
                var wanted = new HashMap<TopicPartition, OffsetAndMetadata>();
                moves.forEach(move -> wanted.put(move.partition(), new OffsetAndMetadata(move.to())));
                Replies.await(
                        admin, admin.alterConsumerGroupOffsets(group, wanted).all());
            }
            show(moves);
        }
    }

    /// In a dry run too: what is shown could not be done. A group that nobody has heard of yet may be given its place.
    private void refuseActive(Admin admin) {
        ConsumerGroupDescription found;
        try {
            found = Replies.await(
                    admin,
                    Objects.requireNonNull(admin.describeConsumerGroups(List.of(group))
                            .describedGroups()
                            .get(group)));
        } catch (CommandFailure failure) {
            if (failure.exit() == ExitCode.NOT_FOUND) {
                return;
            }
            throw failure;
        }
        GroupState state = found.groupState();
        if (state != GroupState.EMPTY && state != GroupState.DEAD) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "Offsets can only be reset when the group " + group + " is inactive, but it is " + state + " ("
                            + found.members().size() + (found.members().size() == 1 ? " member)" : " members)"),
                    "Stop its consumers; one that was killed counts until its session times out");
        }
    }

    private void show(List<Move> moves) {
        for (Move move : moves) {
            if (move.wanted() != move.to()) {
                shared.mention(move.partition() + ": " + move.wanted() + " is "
                        + (move.wanted() < move.to() ? "before the first offset, " : "beyond the end, ")
                        + (execute ? "set to " : "would be set to ") + move.to());
            }
        }
        if (shared.isJson()) {
            shared.answer()
                    .json(Answer.objects(COLUMNS, moves).stream()
                            .map(this::withOutcome)
                            .toList());
            return;
        }
        shared.answer().table(COLUMNS, moves);
        shared.mention(execute ? "The group " + group + " was moved" : "Nothing was changed; add --execute");
    }

    /// A program must see that nothing happened, and is not told in words.
    private Map<String, Object> withOutcome(Map<String, Object> move) {
        var object = new LinkedHashMap<>(move);
        object.put("executed", execute);
        return object;
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
                    return new Move(
                            partition, now == null ? Missing.VALUE : now, wanted, Math.clamp(wanted, low, high));
                })
                .toList();
    }
}
