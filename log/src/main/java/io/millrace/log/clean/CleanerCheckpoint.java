package io.millrace.log.clean;

import io.millrace.model.TopicPartition;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// The text of Kafka's `cleaner-offset-checkpoint` (and its other offset checkpoints): a line with the version 0, a
/// line with the number of entries, then `topic partition offset` per line.
public final class CleanerCheckpoint {
    public static final String FILE = "cleaner-offset-checkpoint";

    private static final String VERSION = "0";
    private static final int HEADER_LINES = 2;
    private static final int WORDS = 3;

    private CleanerCheckpoint() {}

    public static String encode(Map<TopicPartition, Long> offsets) {
        StringBuilder text = new StringBuilder(16 + offsets.size() * 32);
        text.append(VERSION).append('\n').append(offsets.size()).append('\n');
        new TreeMap<>(offsets)
                .forEach((partition, offset) -> text.append(partition.topic())
                        .append(' ')
                        .append(partition.partition())
                        .append(' ')
                        .append((long) offset)
                        .append('\n'));
        return text.toString();
    }

    /// The entries of a file's text; empty when it is no such file: every log then counts as never cleaned.
    public static Optional<SequencedMap<TopicPartition, Long>> decode(String text) {
        String[] lines = text.lines().toArray(String[]::new);
        if (lines.length < HEADER_LINES || !lines[0].strip().equals(VERSION)) {
            return Optional.empty();
        }
        try {
            if (Integer.parseInt(lines[1].strip()) != lines.length - HEADER_LINES) {
                return Optional.empty();
            }
            SequencedMap<TopicPartition, Long> offsets = new TreeMap<>();
            for (int i = HEADER_LINES; i < lines.length; i++) {
                String[] words = lines[i].strip().split("\\s+");
                if (words.length != WORDS) {
                    return Optional.empty();
                }
                offsets.put(new TopicPartition(words[0], Integer.parseInt(words[1])), Long.parseLong(words[2]));
            }
            return Optional.of(offsets);
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
