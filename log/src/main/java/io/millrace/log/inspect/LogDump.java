package io.millrace.log.inspect;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.Compressor;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.clean.BatchReader;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.producer.ProducerSnapshot;
import io.millrace.log.producer.ProducerState;
import io.millrace.log.segment.SegmentNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/// Shows what a partition's folder holds, item by item: segments, batches and, when asked for, records; then what the
/// producer snapshots say. Read-only, total over damaged files.
///
/// Blocks on the disk. Owned by: whoever calls.
public final class LogDump {
    private static final int TEXT_BYTES_MAX = 200;
    private static final int SMALL_FILE_BYTES_MAX = 64 << 20;
    private static final long UNPACKED_BYTES_MAX = 256L << 20;
    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    private final PartitionFolder folder;
    private final boolean showsRecords;
    private final Consumer<DumpItem> out;

    private LogDump(PartitionFolder folder, boolean showsRecords, Consumer<DumpItem> out) {
        this.folder = folder;
        this.showsRecords = showsRecords;
        this.out = out;
    }

    public static void dump(Disk disk, String path, boolean showsRecords, Consumer<DumpItem> out) throws IOException {
        LogDump dump = new LogDump(PartitionFolder.list(disk, path), showsRecords, out);
        for (long base : dump.folder.segments()) {
            dump.dumpSegment(SegmentNames.of(base, SegmentNames.LOG));
        }
        for (String name : dump.folder.names()) {
            if (SegmentNames.parse(name, SegmentNames.SNAPSHOT).isPresent()) {
                dump.dumpSnapshot(name);
            }
        }
    }

    private void dumpSegment(String name) throws IOException {
        try (DiskFile file = folder.open(name)) {
            long size = file.size();
            out.accept(new DumpItem.Segment(name, size));
            BatchReader reader = new BatchReader(file, size);
            while (reader.next()) {
                DumpItem.Batch batch = batch(reader);
                out.accept(batch);
                if (showsRecords && batch.isCrcValid() && batch.recordCount() > 0) {
                    dumpRecords(name, reader);
                }
            }
            if (!reader.isAtEnd()) {
                String why = "%d bytes that are no batch".formatted(size - reader.nextPosition());
                out.accept(new DumpItem.Unreadable(name, reader.nextPosition(), why));
            }
        }
    }

    private static DumpItem.Batch batch(BatchReader reader) {
        ByteBuffer buffer = reader.buffer();
        int at = reader.at();
        int codec = BatchHeader.codec(buffer, at);
        return new DumpItem.Batch(
                reader.position(),
                BatchHeader.sizeInBytes(buffer, at),
                BatchHeader.baseOffset(buffer, at),
                BatchHeader.lastOffset(buffer, at),
                BatchHeader.recordCount(buffer, at),
                BatchHeader.leaderEpoch(buffer, at),
                codec < CODECS.size() ? CODECS.get(codec) : "unknown-" + codec,
                BatchHeader.isLogAppendTime(buffer, at) ? "LogAppendTime" : "CreateTime",
                BatchHeader.baseTimestamp(buffer, at),
                BatchHeader.maxTimestamp(buffer, at),
                BatchHeader.producerId(buffer, at),
                BatchHeader.producerEpoch(buffer, at),
                BatchHeader.baseSequence(buffer, at),
                BatchHeader.lastSequence(buffer, at),
                BatchHeader.isTransactional(buffer, at),
                BatchHeader.isControl(buffer, at),
                BatchHeader.hasDeleteHorizon(buffer, at),
                BatchHeader.crc(buffer, at),
                BatchHeader.isCrcValid(buffer, at));
    }

    private void dumpRecords(String name, BatchReader reader) {
        ByteBuffer buffer = reader.buffer();
        int at = reader.at();
        if (!(Compressor.unpack(buffer, at, UNPACKED_BYTES_MAX) instanceof Compressor.Unpacked.Records(var unpacked))) {
            out.accept(new DumpItem.Unreadable(name, reader.position(), "records can not be unpacked"));
            return;
        }
        RecordCursor cursor = new RecordCursor(unpacked, BatchHeader.recordCount(buffer, at));
        while (cursor.next()) {
            long timestamp = BatchHeader.isLogAppendTime(buffer, at)
                    ? BatchHeader.maxTimestamp(buffer, at)
                    : BatchHeader.baseTimestamp(buffer, at) + cursor.timestampDelta();
            out.accept(new DumpItem.Entry(
                    BatchHeader.baseOffset(buffer, at) + cursor.offsetDelta(),
                    timestamp,
                    cursor.hasKey() ? cursor.key().remaining() : -1,
                    text(cursor.key()),
                    cursor.hasValue() ? cursor.value().remaining() : -1,
                    text(cursor.value()),
                    cursor.headerCount()));
        }
        if (cursor.isDamaged()) {
            out.accept(new DumpItem.Unreadable(name, reader.position(), "records do not fill their batch"));
        }
    }

    /// ASCII as it is, every other byte as `\xNN`.
    private static String text(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        int count = Math.min(TEXT_BYTES_MAX, bytes.remaining());
        for (int i = 0; i < count; i++) {
            int b = bytes.get(i) & 0xFF;
            if (b >= ' ' && b < 0x7F && b != '\\' && b != '\'') {
                text.append((char) b);
            } else {
                text.append("\\x%02x".formatted(b));
            }
        }
        return count < bytes.remaining() ? text.append("...").toString() : text.toString();
    }

    private void dumpSnapshot(String name) throws IOException {
        switch (ProducerSnapshot.decode(folder.read(name, SMALL_FILE_BYTES_MAX))) {
            case ProducerSnapshot.Decoded.Damaged(var why) -> out.accept(new DumpItem.Unreadable(name, 0, why));
            case ProducerSnapshot.Decoded.Producers(var producers) -> {
                for (ProducerState state : producers) {
                    out.accept(new DumpItem.Producer(
                            name,
                            state.producerId(),
                            state.epoch(),
                            state.lastSequence(),
                            state.lastOffset(),
                            state.lastTimestamp(),
                            state.coordinatorEpoch(),
                            state.txnFirstOffset()));
                }
            }
        }
    }
}
