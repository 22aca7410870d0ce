package io.millrace.log.epoch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The text of Kafka's `leader-epoch-checkpoint` file: a line with the version 0, a line with the number of entries,
/// then `epoch startOffset` per line.
public final class EpochCheckpoint {
    private static final String VERSION = "0";
    private static final int HEADER_LINES = 2;

    private EpochCheckpoint() {}

    public static String encode(List<EpochEntry> entries) {
        StringBuilder text = new StringBuilder(16 + entries.size() * 12);
        text.append(VERSION).append('\n').append(entries.size()).append('\n');
        for (EpochEntry entry : entries) {
            text.append(entry.epoch()).append(' ').append(entry.startOffset()).append('\n');
        }
        return text.toString();
    }

    /// The entries in a file's text; empty when the text is not such a file, and is better rebuilt from the log. A
    /// power cut may leave the beginning of the text: where the last line has no end, its number may be half of one.
    public static Optional<List<EpochEntry>> decode(String text) {
        if (!text.endsWith("\n")) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        if (lines.size() < HEADER_LINES || !lines.get(0).strip().equals(VERSION)) {
            return Optional.empty();
        }
        try {
            if (Integer.parseInt(lines.get(1).strip()) != lines.size() - HEADER_LINES) {
                return Optional.empty();
            }
            List<EpochEntry> entries = new ArrayList<>(lines.size() - HEADER_LINES);
            for (String line : lines.subList(HEADER_LINES, lines.size())) {
                String[] words = line.strip().split("\\s+");
                if (words.length != 2) {
                    return Optional.empty();
                }
                entries.add(new EpochEntry(Integer.parseInt(words[0]), Long.parseLong(words[1])));
            }
            return Optional.of(entries);
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
