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

    private static final String VERSION = "0";
    private static final int HEADER_LINES = 2;

    private OffsetCheckpoint() {}

    static Map<TopicPartition, Long> read(Disk disk, String folder, String name) throws IOException {
        String path = folder + "/" + name;
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        if (!disk.exists(path)) {
            return offsets;
        }
        String[] lines = FileContents.readText(disk, path).split("\n");
        if (!lines[0].strip().equals(VERSION)) {
            throw new StorageException(path + " has an unknown version: " + lines[0]);
        }
        for (int i = HEADER_LINES; i < lines.length; i++) {
            String[] words = lines[i].strip().split(" ");
            try {
                offsets.put(new TopicPartition(words[0], Integer.parseInt(words[1])), Long.parseLong(words[2]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new StorageException("%s is damaged in line %d: %s".formatted(path, i + 1, lines[i]), e);
            }
        }
        return offsets;
    }

    static void write(Disk disk, String folder, String name, Map<TopicPartition, Long> offsets) throws IOException {
        StringBuilder lines = new StringBuilder();
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
        String text = VERSION + "\n" + count + "\n" + lines;
        FileContents.replaceDurably(disk, folder, name, FileContents.ofText(text));
    }
}
