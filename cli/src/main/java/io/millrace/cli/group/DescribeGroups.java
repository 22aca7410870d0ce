package io.millrace.cli.group;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Description;
import io.millrace.cli.output.Missing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace group describe`: state, members, and for each partition how far the group is behind.
@Command(
        name = "describe",
        description = "Show state, members, offsets and lag of groups.",
        mixinStandardHelpOptions = true)
final class DescribeGroups implements Runnable {
    /// One partition of a group.
    private record OffsetRow(TopicPartition partition, Object committed, Object end, Object lag, Object member) {}

    private static final List<Column<OffsetRow>> OFFSETS = List.of(
            new Column<>("topic", row -> row.partition().topic()),
            new Column<>("partition", row -> row.partition().partition()),
            new Column<>("committed", OffsetRow::committed),
            new Column<>("end", OffsetRow::end),
            new Column<>("lag", OffsetRow::lag),
            new Column<>("member", OffsetRow::member));

    private static final List<Column<MemberDescription>> MEMBERS = List.of(
            new Column<>("member", MemberDescription::consumerId),
            new Column<>("client", MemberDescription::clientId),
            new Column<>("host", MemberDescription::host),
            new Column<>(
                    "partitions",
                    member -> member.assignment().topicPartitions().size()));

    @Parameters(arity = "1..*", paramLabel = "GROUP", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            Map<String, ConsumerGroupDescription> groups =
                    Replies.await(admin, admin.describeConsumerGroups(names).all());
            var found = new ArrayList<Description>();
            for (String name : names) {
                ConsumerGroupDescription group = Objects.requireNonNull(groups.get(name));
                found.add(describe(group, offsets(new GroupOffsets(admin), group)));
            }
            shared.answer().descriptions(found);
        }
    }

    private static Description describe(ConsumerGroupDescription group, List<OffsetRow> offsets) {
        String assignor = group.partitionAssignor();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("group", group.groupId());
        facts.put("state", group.groupState().toString());
        facts.put("assignor", assignor);
        return new Description(
                "Group " + group.groupId() + "  " + group.groupState() + "  assignor "
                        + (assignor.isEmpty() ? "-" : assignor),
                facts,
                List.of(
                        new Description.Part<>("offsets", OFFSETS, offsets),
                        new Description.Part<>("members", MEMBERS, List.copyOf(group.members()))));
    }

    private static List<OffsetRow> offsets(GroupOffsets offsets, ConsumerGroupDescription group) {
        Map<TopicPartition, Long> committed = offsets.committed(group.groupId());
        Map<TopicPartition, String> members = owners(group.members());
        var partitions = new TreeSet<TopicPartition>(GroupOffsets.ORDER);
        partitions.addAll(committed.keySet());
        partitions.addAll(members.keySet());
        Map<TopicPartition, Long> ends = offsets.find(partitions, OffsetSpec.latest());
        return partitions.stream()
                .map(partition -> {
                    Long at = committed.get(partition);
                    long end = Objects.requireNonNull(ends.get(partition));
                    String member = members.get(partition);
                    return new OffsetRow(
                            partition,
                            at == null ? Missing.VALUE : at,
                            end,
                            at == null ? Missing.VALUE : Math.max(0, end - at),
                            member == null ? Missing.VALUE : member);
                })
                .toList();
    }

    private static Map<TopicPartition, String> owners(Collection<MemberDescription> members) {
        var owners = new LinkedHashMap<TopicPartition, String>();
        members.forEach(member ->
                member.assignment().topicPartitions().forEach(partition -> owners.put(partition, member.consumerId())));
        return owners;
    }
}
