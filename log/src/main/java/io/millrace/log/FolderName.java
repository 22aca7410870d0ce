package io.millrace.log;

import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.Optional;

/// The names of partition folders, as Kafka spells them: `topic-0`, and `topic-0.<32 hex digits>-delete` on the way
/// out, `-stray` when nobody knows whose it is, `-future` while it is copied here from another directory of the node.
final class FolderName {
    private static final String DELETED = "-delete";
    private static final String STRAY = "-stray";
    private static final String FUTURE = "-future";
    private static final int NAME_CHARS_MAX = 255;

    private FolderName() {}

    static Optional<TopicPartition> parse(String name) {
        int dash = name.lastIndexOf('-');
        if (dash <= 0 || dash == name.length() - 1 || name.contains(".tmp")) {
            return Optional.empty();
        }
        String digits = name.substring(dash + 1);
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        try {
            TopicPartition partition = new TopicPartition(name.substring(0, dash), Integer.parseInt(digits));
            return partition.toString().equals(name) ? Optional.of(partition) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    static boolean isDeleted(String name) {
        return name.endsWith(DELETED) && name.contains(".");
    }

    static boolean isStray(String name) {
        return name.endsWith(STRAY) && name.contains(".");
    }

    static boolean isFuture(String name) {
        return name.endsWith(FUTURE) && name.contains(".");
    }

    /// Which partition a folder on its way in is to be.
    static Optional<TopicPartition> parseFuture(String name) {
        return isFuture(name) ? parse(name.substring(0, name.lastIndexOf('.'))) : Optional.empty();
    }

    /// Whether a partition's name leaves room for the mark of a folder on its way in.
    static boolean hasFuture(TopicPartition partition) {
        return future(partition, TopicId.NONE).startsWith(partition + ".");
    }

    static String future(TopicPartition partition, TopicId unique) {
        return marked(partition, unique, FUTURE);
    }

    /// What the folder that is copied from is called on its way out, once the copy takes its place: the mark they share
    /// tells the next start that the copy was whole.
    static String replacedBy(String future) {
        return future.substring(0, future.length() - FUTURE.length()) + DELETED;
    }

    /// Which partition a folder on its way out was; empty when its topic's name had to be cut short.
    static Optional<TopicPartition> parseDeleted(String name) {
        return name.length() < NAME_CHARS_MAX ? parse(name.substring(0, name.lastIndexOf('.'))) : Optional.empty();
    }

    static String deleted(TopicPartition partition, TopicId unique) {
        return marked(partition, unique, DELETED);
    }

    static String stray(TopicPartition partition, TopicId unique) {
        return marked(partition, unique, STRAY);
    }

    private static String marked(TopicPartition partition, TopicId unique, String mark) {
        String suffix = "." + hex(unique.mostSignificantBits()) + hex(unique.leastSignificantBits()) + mark;
        String number = "-" + partition.partition();
        int room = NAME_CHARS_MAX - suffix.length() - number.length();
        String topic = partition.topic();
        return (topic.length() > room ? topic.substring(0, room) : topic) + number + suffix;
    }

    private static String hex(long bits) {
        String digits = Long.toHexString(bits);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
