package io.millrace.simulator.disk;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A bit of a sealed segment that turns over on its medium. What a log does not yet know to be on disk is left alone:
/// there nobody can tell a flipped bit from a write that was torn. So are base offsets and leader epochs, which no
/// checksum covers.
///
/// Stateless.
public final class BitFlip {
    private static final String LOG = ".log";
    private static final int FIRST_BYTE = 8;
    private static final int EPOCH_BYTE = 12;
    private static final int EPOCH_END = 16;

    private BitFlip() {}

    /// Turns one bit over.
    ///
    /// @param data the log directory
    /// @param below only batches of segments that end at or below are hit
    /// @return where; empty when there is no such segment
    public static Optional<String> in(
            MemoryDisk disk, String data, TopicPartition id, long below, SeededRandomness chance) {
        try {
            List<String> files = sealed(disk, data, id, Math.min(below, recoveryPoint(disk, data, id)));
            if (files.isEmpty()) {
                return Optional.empty();
            }
            String path = data + "/" + id + "/" + chance.pick(files);
            ByteBuffer bytes = ByteBuffer.wrap(FileContents.read(disk, path));
            List<Integer> batches = batches(bytes);
            if (batches.isEmpty()) {
                return Optional.empty();
            }
            int at = chance.pick(batches);
            int byteAt = at + chance.between(FIRST_BYTE, BatchHeader.sizeInBytes(bytes, at) - 1);
            if (byteAt >= at + EPOCH_BYTE && byteAt < at + EPOCH_END) {
                byteAt += EPOCH_END - EPOCH_BYTE;
            }
            disk.flipBit(path, byteAt, chance.nextInt(Byte.SIZE));
            return Optional.of(
                    "%s byte %d, in the batch at offset %d".formatted(path, byteAt, BatchHeader.baseOffset(bytes, at)));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /// Segments that end at or below an offset: where the next one begins.
    private static List<String> sealed(MemoryDisk disk, String data, TopicPartition id, long below) throws IOException {
        List<String> logs = disk.list(data + "/" + id).stream()
                .filter(name -> name.endsWith(LOG))
                .sorted()
                .toList();
        List<String> sealed = new ArrayList<>();
        for (int i = 0; i + 1 < logs.size(); i++) {
            String next = logs.get(i + 1);
            if (Long.parseLong(next.substring(0, next.length() - LOG.length())) <= below) {
                sealed.add(logs.get(i));
            }
        }
        return sealed;
    }

    private static long recoveryPoint(MemoryDisk disk, String data, TopicPartition id) throws IOException {
        String path = data + "/recovery-point-offset-checkpoint";
        if (!disk.exists(path)) {
            return 0;
        }
        String text = new String(FileContents.read(disk, path), StandardCharsets.UTF_8);
        String line = id.topic() + " " + id.partition() + " ";
        return text.lines()
                .filter(one -> one.startsWith(line))
                .mapToLong(one -> Long.parseLong(one.substring(line.length())))
                .findFirst()
                .orElse(0);
    }

    private static List<Integer> batches(ByteBuffer bytes) {
        List<Integer> batches = new ArrayList<>();
        int at = 0;
        while (BatchHeader.isWhole(bytes, at, bytes.limit())) {
            batches.add(at);
            at += BatchHeader.sizeInBytes(bytes, at);
        }
        return batches;
    }
}
