package io.millrace.cli.client;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/// Partitions as a user names them: `orders` for all of a topic, `orders:0,2` for some.
public final class PartitionSet {
    private PartitionSet() {}

    public static List<TopicPartition> of(Admin admin, List<String> texts) {
        var partitions = new ArrayList<TopicPartition>();
        for (String text : texts) {
            int colon = text.indexOf(':'); // no topic's name has one
            if (colon < 0) {
                partitions.addAll(all(admin, text));
            } else {
                for (String number : text.substring(colon + 1).split(",", -1)) {
                    partitions.add(new TopicPartition(text.substring(0, colon), partition(text, number)));
                }
            }
        }
        return partitions;
    }

    private static List<TopicPartition> all(Admin admin, String topic) {
        TopicDescription description = Objects.requireNonNull(
                Replies.await(admin, admin.describeTopics(List.of(topic)).allTopicNames())
                        .get(topic));
        return description.partitions().stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static int partition(String text, String number) {
        if (!number.matches("\\d{1,9}")) {
            throw new CommandFailure(ExitCode.USAGE, "'" + text + "' is not TOPIC or TOPIC:PARTITION,...");
        }
        return Integer.parseInt(number);
    }
}
