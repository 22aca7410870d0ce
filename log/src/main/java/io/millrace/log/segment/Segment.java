package io.millrace.log.segment;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.disk.CachedFile;
import io.millrace.log.disk.FileCache;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One segment of a log: a file of batches from a base offset on, and what is known of it in memory.
///
/// Owned by: the log's owner; [#log()] and [#path] may be used from any thread.
/// Invariant: `writtenBytes <= sizeBytes`; only the last segment of a log and those a flush job still has to finish
/// carry an index tail.
public final class Segment {
    private static final long UNKNOWN_TIMESTAMP = -1;

    private final FileCache cache;
    private final String folder;
    private final long baseOffset;
    private final CachedFile log;
    private int preallocatedBytes;
    private int sizeBytes;
    private int writtenBytes;
    private long endOffset;
    private long firstTimestamp = UNKNOWN_TIMESTAMP;
    private long maxTimestamp = UNKNOWN_TIMESTAMP;
    private long maxTimestampOffset = -1;
    private boolean maxTimestampKnown;
    private int bytesSinceIndexEntry;
    private boolean rescanned;
    private @Nullable IndexTail tail;
    private @Nullable RecentBatches recent;
    private volatile boolean replaced;
    private volatile @Nullable IndexWindow window;
    private volatile CheckedBytes checked = CheckedBytes.NONE;

    private Segment(FileCache cache, String folder, long baseOffset, long endOffset, int sizeBytes) {
        this.cache = cache;
        this.folder = folder;
        this.baseOffset = baseOffset;
        this.endOffset = endOffset;
        this.sizeBytes = sizeBytes;
        this.writtenBytes = sizeBytes;
        this.log = cache.file(folder, SegmentNames.of(baseOffset, SegmentNames.LOG));
    }

    /// A segment that has no file yet: its first write makes it.
    ///
    /// @param preallocatedBytes how long the file is made at once, 0 for as long as what is in it
    public static Segment fresh(FileCache cache, String folder, long baseOffset, int preallocatedBytes) {
        Segment segment = new Segment(cache, folder, baseOffset, baseOffset, 0);
        segment.preallocatedBytes = preallocatedBytes;
        segment.tail = IndexTail.empty();
        segment.maxTimestampKnown = true;
        segment.checked = CheckedBytes.from(0);
        return segment;
    }

    /// A segment whose files are complete.
    public static Segment sealed(FileCache cache, String folder, long baseOffset, long endOffset, int sizeBytes) {
        return new Segment(cache, folder, baseOffset, endOffset, sizeBytes);
    }

    public FileCache cache() {
        return cache;
    }

    public String folder() {
        return folder;
    }

    public long baseOffset() {
        return baseOffset;
    }

    public long endOffset() {
        return endOffset;
    }

    public CachedFile log() {
        return log;
    }

    public String path(String suffix) {
        return folder + "/" + SegmentNames.of(baseOffset, suffix);
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /// How long the file is made with its first write; zeros behind the last batch are cut off when the segment is
    /// sealed or closed. May be asked from any thread.
    public int preallocatedBytes() {
        return preallocatedBytes;
    }

    public int writtenBytes() {
        return writtenBytes;
    }

    public long maxTimestamp() {
        return maxTimestamp;
    }

    public long maxTimestampOffset() {
        return maxTimestampOffset;
    }

    public boolean isMaxTimestampKnown() {
        return maxTimestampKnown;
    }

    /// Timestamp of the first batch, -1 when it is empty or not known.
    public long firstTimestamp() {
        return firstTimestamp;
    }

    @Nullable
    IndexTail tail() {
        return tail;
    }

    @Nullable
    RecentBatches recent() {
        return recent;
    }

    /// The part of the index file that was looked up last, by whichever thread.
    @Nullable
    IndexWindow window() {
        return window;
    }

    void keep(IndexWindow lookedUp) {
        window = lookedUp;
    }

    /// Whether everything that belongs to it is in its files: it can be deleted.
    public boolean isSealed() {
        return tail == null;
    }

    /// Whether batches were appended lately.
    public boolean isBusy() {
        return recent != null;
    }

    /// Whether enough index entries have gathered in memory to be written while the segment is still growing.
    public boolean isIndexSpillDue() {
        return tail != null && tail.isSpillDue();
    }

    /// Whether who opens this last segment of a log again goes by its index files: reading begins at the last entry of
    /// the offset index. A segment without one is read from its beginning, so that what its files hold is all the same,
    /// unless they are those from before a scan: they may tell of batches that are gone.
    public boolean reliesOnIndexes() {
        return rescanned || writableTail().offsetEntries() > 0;
    }

    public IndexWrite spillIndexes() {
        return writableTail().spill(false);
    }

    /// The entries of a spill are in the files.
    public void spilled(IndexWrite write) {
        writableTail().spilled(write);
    }

    /// Whether a batch of this size and last offset still fits: by bytes, by the 32 bits of a relative offset, and by
    /// the room in the indexes.
    public boolean hasRoomFor(int bytes, long lastOffset, int segmentBytes, int indexBytesMax) {
        if (sizeBytes == 0) {
            return lastOffset - baseOffset <= Integer.MAX_VALUE;
        }
        IndexTail index = writableTail();
        return bytes <= segmentBytes - sizeBytes
                && lastOffset - baseOffset <= Integer.MAX_VALUE
                && index.offsetEntries() < indexBytesMax / OffsetIndex.ENTRY_BYTES
                && index.timeEntries() < indexBytesMax / TimeIndex.ENTRY_BYTES - 1;
    }

    /// Takes note of a batch that is appended, its offset assigned: in memory only.
    public void append(ByteBuffer buffer, int at, int indexIntervalBytes) {
        long batchOffset = BatchHeader.baseOffset(buffer, at);
        if (recent == null) {
            recent = new RecentBatches();
        }
        if (batchOffset != endOffset) {
            recent.clear();
        }
        recent.add(batchOffset, sizeBytes);
        note(buffer, at, indexIntervalBytes);
        endOffset = BatchHeader.lastOffset(buffer, at) + 1;
    }

    /// Takes note of a batch found in the file, in recovery: it counts as written.
    public void recovered(ByteBuffer buffer, int at, int indexIntervalBytes) {
        note(buffer, at, indexIntervalBytes);
        endOffset = BatchHeader.lastOffset(buffer, at) + 1;
        writtenBytes = sizeBytes;
    }

    private void note(ByteBuffer buffer, int at, int indexIntervalBytes) {
        long timestamp = BatchHeader.maxTimestamp(buffer, at);
        long lastOffset = BatchHeader.lastOffset(buffer, at);
        if (sizeBytes == 0) {
            firstTimestamp = timestamp;
        }
        if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
            maxTimestampOffset = lastOffset;
        }
        if (bytesSinceIndexEntry > indexIntervalBytes) {
            IndexTail index = writableTail();
            index.addOffset((int) (lastOffset - baseOffset), sizeBytes);
            index.addTime(maxTimestamp, (int) (maxTimestampOffset - baseOffset));
            bytesSinceIndexEntry = 0;
        }
        int size = BatchHeader.sizeInBytes(buffer, at);
        bytesSinceIndexEntry += size;
        sizeBytes += size;
    }

    private IndexTail writableTail() {
        IndexTail index = tail;
        if (index == null) {
            throw new IllegalStateException("segment " + baseOffset + " of " + folder + " is sealed");
        }
        return index;
    }

    /// Everything up to `bytes` is in the file now.
    public void written(int bytes) {
        writtenBytes = bytes;
    }

    /// What a seal or a close has to write to the index files: all entries, and the largest timestamp as the last time
    /// entry.
    public IndexWrite sealIndexes() {
        IndexTail index = writableTail();
        if (maxTimestampOffset >= baseOffset) {
            index.addTime(maxTimestamp, (int) (maxTimestampOffset - baseOffset));
        }
        return index.spill(true);
    }

    /// The indexes are in their files: the segment is an ordinary sealed one from now on.
    public void sealed() {
        tail = null;
        recent = null;
        maxTimestampKnown = true;
    }

    /// Whether these bytes, being in memory, need not be looked at: this process wrote them, or looked at them since
    /// they came from the disk, and nobody else has changed the file.
    public boolean isChecked(SegmentSearch.Range range) {
        return isChecked(range, isSealed());
    }

    /// As [#isChecked(SegmentSearch.Range)]; may be asked from any thread.
    ///
    /// @param isSealed what the owner said
    boolean isChecked(SegmentSearch.Range range, boolean isSealed) {
        CheckedBytes known = checked;
        return known.covers(range.position(), range.position() + range.length())
                && (!isSealed || known.modifiedMs() == cache.disk().modifiedMs(log.path()));
    }

    /// These bytes are sound. May be called from any thread; of two at once one may be forgotten.
    ///
    /// @param modifiedMs when the file was changed last, before they were looked at; [CheckedBytes#GROWING] for one
    ///     that is not sealed
    void checked(SegmentSearch.Range range, long modifiedMs) {
        CheckedBytes known = checked.modifiedMs() == modifiedMs ? checked : CheckedBytes.NONE.at(modifiedMs);
        checked = known.with(range.position(), range.position() + range.length());
    }

    /// Some of the file is in memory no more: what comes from the disk next may be something else.
    public void forgetChecked() {
        checked = CheckedBytes.NONE;
    }

    /// As [#sealed()], of a file this process has written.
    ///
    /// @param modifiedMs when its last byte was written
    public void sealed(long modifiedMs) {
        sealed();
        checked = checked.at(modifiedMs);
    }

    /// Lets go of memory that only a busy segment needs, or one that is read.
    public void idle() {
        recent = null;
        window = null;
    }

    /// Restores what the files say, when the last segment of a log is opened for appending.
    public void reopen(IndexTail index, int bytesSinceIndexEntry, long firstTimestamp) {
        this.tail = index;
        this.bytesSinceIndexEntry = bytesSinceIndexEntry;
        this.firstTimestamp = firstTimestamp;
        this.checked = CheckedBytes.from(sizeBytes);
    }

    /// Empties what is known, for a scan that finds it again.
    public void rescan() {
        sizeBytes = 0;
        writtenBytes = 0;
        endOffset = baseOffset;
        firstTimestamp = UNKNOWN_TIMESTAMP;
        maxTimestamp = UNKNOWN_TIMESTAMP;
        maxTimestampOffset = -1;
        maxTimestampKnown = true;
        bytesSinceIndexEntry = 0;
        tail = IndexTail.empty();
        recent = null;
        rescanned = true;
        checked = CheckedBytes.NONE;
    }

    public void knowMaxTimestamp(long timestamp, long offset) {
        maxTimestamp = timestamp;
        maxTimestampOffset = offset;
        maxTimestampKnown = true;
    }

    /// Cleaning or recovery puts another segment in this one's place: its files are about to change or go. Set before
    /// the first one does, so that a reader who finds it unset after it opened what it needs has files that belong
    /// together.
    public void replaced() {
        replaced = true;
    }

    /// May be asked from any thread.
    public boolean isReplaced() {
        return replaced;
    }

    public void setEndOffset(long offset) {
        endOffset = offset;
    }
}
