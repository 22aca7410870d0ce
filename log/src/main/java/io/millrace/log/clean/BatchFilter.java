package io.millrace.log.clean;

import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.BatchRewrite;
import io.millrace.log.batch.Compressor;
import io.millrace.log.batch.RecordCursor;
import io.millrace.log.clean.CleanPlan.ActiveProducer;
import io.millrace.log.config.LogConfig;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// Decides what is left of one batch: itself, fewer records, its header, or nothing. Kafka's rules (KIP-58, KIP-98,
/// KIP-534):
///
/// - a record stays while it is its key's last, or lies above what the round looked at; records without key go;
/// - a tombstone, and a marker whose transaction is gone, stay until the delete horizon, which the first round that
///   meets them writes into their batch;
/// - data of aborted transactions goes at once;
/// - the last batch of a producer that still writes stays as a header at least.
///
/// Pure: the time is the plan's. Owned by: one walk over the log.
final class BatchFilter {
    private final CleanPlan plan;
    private final OffsetMap map;
    private final long mappedUpTo;
    private final TransactionFilter transactions;
    private final Map<Long, ActiveProducer> producers = new HashMap<>();
    private long recordsRead;
    private long recordsKept;
    private long batchesUnreadable;

    /// @param mappedUpTo records at or above this offset are not in the map
    BatchFilter(CleanPlan plan, OffsetMap map, long mappedUpTo, TransactionFilter transactions) {
        this.plan = plan;
        this.map = map;
        this.mappedUpTo = mappedUpTo;
        this.transactions = transactions;
        plan.producers().forEach(producer -> producers.put(producer.producerId(), producer));
    }

    /// What becomes of a batch.
    sealed interface Verdict {
        record Keep() implements Verdict {}

        record Drop() implements Verdict {}

        /// @param batch a new buffer, position 0
        record Replace(ByteBuffer batch) implements Verdict {}
    }

    private static final Verdict KEEP = new Verdict.Keep();
    private static final Verdict DROP = new Verdict.Drop();

    Verdict filter(ByteBuffer batch, int at) {
        if (BatchHeader.isControl(batch, at)) {
            return filterControl(batch, at);
        }
        if (transactions.isAborted(batch, at)) {
            return withoutRecords(batch, at);
        }
        if (BatchHeader.recordCount(batch, at) == 0) {
            return isLastOfProducer(batch, at) ? KEEP : DROP;
        }
        if (Compressor.unpack(batch, at, plan.decompressedBytesMax())
                instanceof Compressor.Unpacked.Records(var records)) {
            return filterData(batch, at, records);
        }
        batchesUnreadable++;
        return KEEP;
    }

    private Verdict filterControl(ByteBuffer batch, int at) {
        boolean isSpent = transactions.isSpent(batch, at);
        if (BatchHeader.recordCount(batch, at) == 0) {
            return isLastOfProducer(batch, at) ? KEEP : DROP;
        }
        if (!isSpent) {
            return KEEP;
        }
        if (isHorizonPassed(batch, at)) {
            return withoutRecords(batch, at);
        }
        if (BatchHeader.hasDeleteHorizon(batch, at)) {
            return KEEP;
        }
        return Compressor.unpack(batch, at, plan.decompressedBytesMax())
                        instanceof Compressor.Unpacked.Records(var records)
                ? rewrite(batch, at, records, new boolean[] {true}, 1, true)
                : KEEP;
    }

    private Verdict withoutRecords(ByteBuffer batch, int at) {
        return isLastOfProducer(batch, at) ? new Verdict.Replace(BatchRewrite.emptied(batch, at)) : DROP;
    }

    private Verdict filterData(ByteBuffer batch, int at, ByteBuffer records) {
        int count = BatchHeader.recordCount(batch, at);
        long baseOffset = BatchHeader.baseOffset(batch, at);
        boolean dropsTombstones = isHorizonPassed(batch, at);
        boolean[] keeps = new boolean[Math.max(0, Math.min(count, records.remaining()))];
        int kept = 0;
        boolean hasTombstone = false;
        RecordCursor cursor = new RecordCursor(records, count);
        int index = 0;
        while (cursor.next()) {
            keeps[index] = keeps(cursor, baseOffset + cursor.offsetDelta(), dropsTombstones);
            if (keeps[index]) {
                kept++;
                hasTombstone |= !cursor.hasValue();
            }
            index++;
        }
        if (cursor.isDamaged()) {
            batchesUnreadable++;
            return KEEP;
        }
        recordsRead += count;
        recordsKept += kept;
        if (kept == 0) {
            return withoutRecords(batch, at);
        }
        boolean needsHorizon = hasTombstone
                && !BatchHeader.hasDeleteHorizon(batch, at)
                && BatchHeader.lastOffset(batch, at) < mappedUpTo;
        return kept == count && !needsHorizon ? KEEP : rewrite(batch, at, records, keeps, kept, needsHorizon);
    }

    private boolean keeps(RecordCursor record, long offset, boolean dropsTombstones) {
        if (offset >= mappedUpTo) {
            return true;
        }
        return record.hasKey() && offset >= map.get(record.key()) && (record.hasValue() || !dropsTombstones);
    }

    private Verdict rewrite(
            ByteBuffer batch, int at, ByteBuffer records, boolean[] keeps, int kept, boolean setsHorizon) {
        boolean hasHorizon = setsHorizon || BatchHeader.hasDeleteHorizon(batch, at);
        long newBase = setsHorizon ? horizon() : BatchHeader.baseTimestamp(batch, at);
        long maxTimestamp = BatchHeader.NO_TIMESTAMP;
        // A new base may lengthen a timestamp by nine bytes, and with it the record's length by one.
        ByteBuffer left = ByteBuffer.allocate(records.remaining() + 10 * kept);
        RecordCursor cursor = new RecordCursor(records, keeps.length);
        for (int index = 0; cursor.next(); index++) {
            if (!keeps[index]) {
                continue;
            }
            long timestamp = timestamp(batch, at, cursor);
            if (left.position() == 0 && !hasHorizon) {
                // As Kafka's builder has it: the first record's timestamp, unless the place is taken by the horizon.
                newBase = timestamp;
            }
            maxTimestamp = Math.max(maxTimestamp, timestamp);
            cursor.copyTo(left, timestamp - newBase);
        }
        return new Verdict.Replace(BatchRewrite.of(
                batch, at, left.flip(), kept, newBase, hasHorizon, maxTimestamp, level(BatchHeader.codec(batch, at))));
    }

    private static long timestamp(ByteBuffer batch, int at, RecordCursor record) {
        return BatchHeader.isLogAppendTime(batch, at)
                ? BatchHeader.maxTimestamp(batch, at)
                : BatchHeader.baseTimestamp(batch, at) + record.timestampDelta();
    }

    private int level(int codec) {
        boolean isTopics = plan.config().compression() != LogConfig.Compression.PRODUCER
                && Compressor.codec(plan.config().compression()) == codec;
        return isTopics ? plan.config().compressionLevel() : LogConfig.CODEC_DEFAULT_LEVEL;
    }

    private long horizon() {
        long retention = plan.config().deleteRetentionMs();
        return retention > Long.MAX_VALUE - plan.nowMs() ? Long.MAX_VALUE : plan.nowMs() + retention;
    }

    private boolean isHorizonPassed(ByteBuffer batch, int at) {
        return BatchHeader.hasDeleteHorizon(batch, at) && BatchHeader.baseTimestamp(batch, at) <= plan.nowMs();
    }

    private boolean isLastOfProducer(ByteBuffer batch, int at) {
        if (!BatchHeader.hasProducerId(batch, at)) {
            return false;
        }
        ActiveProducer producer = producers.get(BatchHeader.producerId(batch, at));
        if (producer == null) {
            return false;
        }
        return producer.lastOffset() >= 0
                ? producer.lastOffset() == BatchHeader.lastOffset(batch, at)
                : BatchHeader.isControl(batch, at) && producer.epoch() == BatchHeader.producerEpoch(batch, at);
    }

    long recordsRead() {
        return recordsRead;
    }

    long recordsKept() {
        return recordsKept;
    }

    long batchesUnreadable() {
        return batchesUnreadable;
    }
}
