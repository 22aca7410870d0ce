package io.millrace.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks through the log on disk before the engine does. The engine cuts a log at the first damaged batch without a
/// word, whatever lay behind it, and empties it altogether when an offset comes twice. Here a log that is damaged below
/// what was committed stays as it was found; of one that is damaged behind that, only what comes after the last whole
/// batch goes, so that the engine finds nothing to repair.
final class CommittedLogCheck {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedLogCheck.class);
    private static final String LOG_SUFFIX = ".log";

    /// Offset (8), length (4), leader epoch (4), magic (1), CRC (4), then what the CRC covers.
    private static final int LENGTH_AT = 8;
    private static final int CRC_AT = 17;
    private static final int COVERED_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int HEADER_BYTES = 61;
    private static final int OFFSET_AND_LENGTH_BYTES = 12;

    private CommittedLogCheck() {}

    /// @param committed the offset after the last record that was committed
    /// @throws IOException saying where the log is damaged, when that is below `committed`
    static void verify(Path folder, long committed) throws IOException {
        long covered = newestSnapshotEnd(folder);
        NavigableMap<Long, Path> segments = segments(folder);
        Long first = segments.floorKey(covered);
        long next = first == null ? covered : first;
        String end = "no log file holds offset " + covered;
        for (var segment : segments.tailMap(first == null ? 0L : first).entrySet()) {
            if (segment.getKey() != next) {
                break;
            }
            Scan scan = scan(segment.getValue(), next);
            next = scan.nextOffset;
            end = scan.end;
            if (!scan.isWhole) {
                if (Math.max(next, covered) >= committed) {
                    cut(segments.tailMap(segment.getKey(), true), scan);
                }
                break;
            }
        }
        if (Math.max(next, covered) < committed) {
            throw new IOException(
                    "the metadata log in " + folder + " is damaged: it was committed up to offset "
                            + (committed - 1) + ", but " + end
                            + ". Nothing was changed. Restore the folder from a copy, or move it away to give up all metadata.");
        }
    }

    /// Takes away what comes after the last whole batch: the rest of its segment, and the segments behind it. The
    /// indexes go with it, the engine makes them anew.
    private static void cut(NavigableMap<Long, Path> segments, Scan scan) throws IOException {
        Path damaged = segments.firstEntry().getValue();
        LOG.warn("event=metadata-log-cut file={} to={} reason=\"{}\"", damaged, scan.nextOffset, scan.end);
        for (Path file : segments.values()) {
            String name = file.toString().substring(0, file.toString().length() - LOG_SUFFIX.length());
            Files.deleteIfExists(Path.of(name + ".index"));
            Files.deleteIfExists(Path.of(name + ".timeindex"));
            if (!file.equals(damaged)) {
                Files.delete(file);
            }
        }
        try (FileChannel channel = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
            channel.truncate(scan.wholeBytes);
            channel.force(true);
        }
    }

    /// @param wholeBytes how much of the file is whole batches, and `isWhole` whether that is all of it
    /// @param end why the scan went no further
    private record Scan(long nextOffset, long wholeBytes, boolean isWhole, String end) {}

    private static Scan scan(Path file, long baseOffset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            long next = baseOffset;
            int position = 0;
            while (position < bytes.limit()) {
                Optional<String> damage = damage(bytes, position, next);
                if (damage.isPresent()) {
                    String end = file + " is damaged at byte " + position + ": " + damage.get();
                    return new Scan(next, position, false, end);
                }
                next += bytes.getInt(position + LAST_OFFSET_DELTA_AT) + 1L;
                position += OFFSET_AND_LENGTH_BYTES + bytes.getInt(position + LENGTH_AT);
            }
            return new Scan(next, position, true, file + " ends at offset " + next);
        }
    }

    private static Optional<String> damage(ByteBuffer bytes, int position, long expectedOffset) {
        if (bytes.limit() - position < HEADER_BYTES) {
            return Optional.of("half a batch header");
        }
        long length = OFFSET_AND_LENGTH_BYTES + (long) bytes.getInt(position + LENGTH_AT);
        if (length < HEADER_BYTES || length > bytes.limit() - position) {
            return Optional.of("a batch of " + length + " bytes");
        }
        if (bytes.getLong(position) != expectedOffset) {
            return Optional.of(
                    "a batch at offset " + bytes.getLong(position) + " where " + expectedOffset + " belongs");
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(position + COVERED_AT, (int) length - COVERED_AT));
        return (int) crc.getValue() == bytes.getInt(position + CRC_AT)
                ? Optional.empty()
                : Optional.of("the checksum of the batch at offset " + expectedOffset + " is wrong");
    }

    private static NavigableMap<Long, Path> segments(Path folder) throws IOException {
        NavigableMap<Long, Path> segments = new TreeMap<>();
        for (Path file : files(folder, LOG_SUFFIX)) {
            segments.put(number(file, 20), file);
        }
        return segments;
    }

    /// The offset after the newest snapshot's last record; its name says so: `<offset>-<epoch>.checkpoint`.
    private static long newestSnapshotEnd(Path folder) throws IOException {
        long newest = 0;
        for (Path file : files(folder, ".checkpoint")) {
            newest = Math.max(newest, number(file, 20));
        }
        return newest;
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{20}(-[0-9]{10})?\\" + suffix))
                    .toList();
        }
    }

    private static long number(Path file, int digits) {
        return Long.parseLong(file.getFileName().toString().substring(0, digits));
    }
}
