package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.StorageException;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// Kafka's checkpoint files: an offset per partition as text. A line with the version 0, a line with the number of
/// entries, then `topic partition offset` per line. Partitions at offset 0 are left out: that is what a missing line
/// means.
final class OffsetCheckpoint {
    static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    static final String START_OFFSETS = "log-start-offset-checkpoint";
    static final String HIGH_WATERMARKS = "replication-offset-checkpoint";
    static final String CLEANED = "cleaner-offset-checkpoint";

    private static final String VERSION = "0";
    private static final int HEADER_LINES = 2;
    private static final int WORDS = 3;

    private OffsetCheckpoint() {}

    /// Empty when there is no such file.
    ///
    /// @throws StorageException when it is damaged
    static Map<TopicPartition, Long> read(Disk disk, String folder, String name) throws IOException {
        String path = folder + "/" + name;
        return disk.exists(path) ? decode(path, FileContents.readText(disk, path)) : new TreeMap<>();
    }

    /// As [#read], but a damaged file counts as none: for offsets that only save work.
    static Map<TopicPartition, Long> readIfSound(Disk disk, String folder, String name) throws IOException {
        try {
            return read(disk, folder, name);
        } catch (StorageException damaged) {
            return new TreeMap<>();
        }
    }

    static void write(Disk disk, String folder, String name, Map<TopicPartition, Long> offsets) throws IOException {
        FileContents.replaceDurably(disk, folder, name, FileContents.ofText(encode(offsets)));
    }

    static String encode(Map<TopicPartition, Long> offsets) {
        StringBuilder lines = new StringBuilder(offsets.size() * 32);
        int count = 0;
        for (Map.Entry<TopicPartition, Long> entry : offsets.entrySet()) {
            if (entry.getValue() > 0) {
                lines.append(entry.getKey().topic())
                        .append(' ')
                        .append(entry.getKey().partition())
                        .append(' ')
                        .append(entry.getValue())
                        .append('\n');
                count++;
            }
        }
        return VERSION + "\n" + count + "\n" + lines;
    }

    /// @param path for messages
    static Map<TopicPartition, Long> decode(String path, String text) {
        String[] lines = text.lines().toArray(String[]::new);
        if (lines.length < HEADER_LINES || !lines[0].strip().equals(VERSION)) {
            throw new StorageException(
                    path + " has an unknown version: " + (lines.length == 0 ? "it is empty" : lines[0]));
        }
        if (!lines[1].strip().equals(Integer.toString(lines.length - HEADER_LINES))) {
            throw new StorageException("%s is damaged: it has %d entries and should have %s"
                    .formatted(path, lines.length - HEADER_LINES, lines[1].strip()));
        }
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        for (int i = HEADER_LINES; i < lines.length; i++) {
            String[] words = lines[i].strip().split("\\s+");
            try {
                if (words.length != WORDS) {
                    throw new NumberFormatException("not three words");
                }
                offsets.put(new TopicPartition(words[0], Integer.parseInt(words[1])), Long.parseLong(words[2]));
            } catch (IllegalArgumentException e) {
                throw new StorageException("%s is damaged in line %d: %s".formatted(path, i + 1, lines[i]), e);
            }
        }
        return offsets;
    }
}
