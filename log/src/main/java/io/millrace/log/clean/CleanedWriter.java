package io.millrace.log.clean;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import io.millrace.log.segment.SegmentNames;
import io.millrace.log.segment.SwapFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Writes one cleaned segment: log, offset index, time index and, when there is something to list, transaction index,
/// all with the suffix `.cleaned`.
///
/// Owned by: one run. Invariant: nothing but its own `.cleaned` files is touched.
final class CleanedWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int OFFSET_ENTRY_BYTES = 8;
    private static final int TIME_ENTRY_BYTES = 12;

    private final Disk disk;
    private final String folder;
    private final long baseOffset;
    private final int indexIntervalBytes;
    private final CleanPace pace;
    private final DiskFile log;
    private ByteBuffer pending = ByteBuffer.allocate(BUFFER_BYTES);
    private ByteBuffer offsetIndex = ByteBuffer.allocate(64 * OFFSET_ENTRY_BYTES);
    private ByteBuffer timeIndex = ByteBuffer.allocate(64 * TIME_ENTRY_BYTES);
    private long writtenBytes;
    private int bytesSinceEntry;
    private long maxTimestamp = BatchHeader.NO_TIMESTAMP;
    private long maxTimestampOffset = -1;
    private long lastIndexedTimestamp = BatchHeader.NO_TIMESTAMP;
    private final List<AbortedTxn> aborted = new ArrayList<>();

    CleanedWriter(Disk disk, String folder, long baseOffset, int indexIntervalBytes, CleanPace pace)
            throws IOException {
        this.disk = disk;
        this.folder = folder;
        this.baseOffset = baseOffset;
        this.indexIntervalBytes = indexIntervalBytes;
        this.pace = pace;
        for (String suffix : SwapFiles.SUFFIXES) {
            disk.delete(path(suffix));
        }
        this.log = disk.create(path(SegmentNames.LOG));
    }

    long sizeBytes() {
        return writtenBytes + pending.position();
    }

    void append(ByteBuffer source, int at) throws IOException {
        int size = BatchHeader.sizeInBytes(source, at);
        note(source, at, size);
        if (pending.remaining() < size) {
            spill();
        }
        if (pending.capacity() < size) {
            pending = ByteBuffer.allocate(size);
        }
        pending.put(source.slice(at, size));
    }

    void listAborted(List<AbortedTxn> transactions) {
        aborted.addAll(transactions);
    }

    private void note(ByteBuffer source, int at, int size) {
        long lastOffset = BatchHeader.lastOffset(source, at);
        if (BatchHeader.maxTimestamp(source, at) > maxTimestamp) {
            maxTimestamp = BatchHeader.maxTimestamp(source, at);
            maxTimestampOffset = lastOffset;
        }
        if (bytesSinceEntry > indexIntervalBytes) {
            offsetIndex = room(offsetIndex, OFFSET_ENTRY_BYTES);
            offsetIndex.putInt((int) (lastOffset - baseOffset)).putInt((int) sizeBytes());
            indexTime();
            bytesSinceEntry = 0;
        }
        bytesSinceEntry += size;
    }

    private void indexTime() {
        if (maxTimestamp > lastIndexedTimestamp) {
            timeIndex = room(timeIndex, TIME_ENTRY_BYTES);
            timeIndex.putLong(maxTimestamp).putInt((int) (maxTimestampOffset - baseOffset));
            lastIndexedTimestamp = maxTimestamp;
        }
    }

    private static ByteBuffer room(ByteBuffer index, int bytes) {
        return index.remaining() >= bytes
                ? index
                : ByteBuffer.allocate(index.capacity() * 2).put(index.flip());
    }

    private void spill() throws IOException {
        int bytes = pending.position();
        disk.claim(folder, bytes);
        log.write(new ByteBuffer[] {pending.flip()}, writtenBytes);
        writtenBytes += bytes;
        pending.clear();
        pace.spent(bytes);
    }

    /// Writes what is left and syncs every file.
    CleanedGroup finish(List<Long> replaced, long endOffset) throws IOException {
        spill();
        log.sync();
        indexTime();
        List<String> suffixes = new ArrayList<>(SwapFiles.SUFFIXES);
        write(SegmentNames.OFFSET_INDEX, offsetIndex);
        write(SegmentNames.TIME_INDEX, timeIndex);
        if (aborted.isEmpty()) {
            suffixes.remove(SegmentNames.TXN_INDEX);
        } else {
            ByteBuffer txnIndex = ByteBuffer.allocate(aborted.size() * AbortedTxn.BYTES);
            aborted.forEach(transaction -> transaction.encode(txnIndex));
            write(SegmentNames.TXN_INDEX, txnIndex);
        }
        return new CleanedGroup(
                replaced, endOffset, (int) writtenBytes, maxTimestamp, maxTimestampOffset, List.copyOf(suffixes));
    }

    private void write(String suffix, ByteBuffer content) throws IOException {
        try (DiskFile file = disk.create(path(suffix))) {
            file.write(new ByteBuffer[] {content.flip()}, 0);
            file.sync();
        }
    }

    private String path(String suffix) {
        return folder + "/" + SegmentNames.of(baseOffset, suffix) + SegmentNames.CLEANED;
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
