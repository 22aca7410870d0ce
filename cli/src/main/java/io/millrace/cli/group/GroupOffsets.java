package io.millrace.cli.group;

import io.millrace.cli.client.Replies;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/// Asks where a group stands and where logs begin and end.
final class GroupOffsets {
    /// By topic and number.
    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final Admin admin;

    GroupOffsets(Admin admin) {
        this.admin = admin;
    }

    /// What the group committed, by topic and partition.
    Map<TopicPartition, Long> committed(String group) {
        var committed = new TreeMap<TopicPartition, Long>(ORDER);
        Replies.await(admin, admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    /// The offset each partition has for `which`. A timestamp after the last record gives the end of the log.
    Map<TopicPartition, Long> find(Collection<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, ListOffsetsResultInfo> found = ask(partitions, which);
        var offsets = new HashMap<TopicPartition, Long>();
        found.forEach((partition, info) -> offsets.put(partition, info.offset()));
        if (offsets.containsValue(-1L)) {
            ask(partitions, OffsetSpec.latest()).forEach((partition, end) -> {
                if (Objects.requireNonNull(offsets.get(partition)) < 0) {
                    offsets.put(partition, end.offset());
                }
            });
        }
        return offsets;
    }

    private Map<TopicPartition, ListOffsetsResultInfo> ask(Collection<TopicPartition> partitions, OffsetSpec which) {
        return Replies.await(
                admin,
                admin.listOffsets(
                                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which)))
                        .all());
    }
}
