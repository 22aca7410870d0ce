package io.millrace.log.batch;

import io.millrace.log.batch.AppendResult.RecordError;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides whether batches may enter a log, with the rules, errors and texts of Kafka 4.4, and patches what the topic
/// wants different: append time, largest timestamp, codec.
///
/// Cost: headers, the CRC and one walk over the record framing, which compressed records take as they come out of their
/// codec. A refusal that has to name records walks once more; a topic with a codec of its own has them packed anew as
/// they come out of the old one. Nothing is ever unpacked as a whole.
///
/// Invariant: total. Whatever the bytes are, the answer is a [BatchCheck] and nothing outside of them is read.
public final class BatchValidator {
    private static final int RECORD_ERRORS_IN_TEXT = 3;

    private final TopicPartition partition;
    private final LogConfig config;
    private final long decompressedBytesMax;
    private final long nowMs;

    private BatchValidator(TopicPartition partition, LogConfig config, long decompressedBytesMax, long nowMs) {
        this.partition = partition;
        this.config = config;
        this.decompressedBytesMax = decompressedBytesMax;
        this.nowMs = nowMs;
    }

    /// Checks everything from the buffer's position to its limit.
    ///
    /// @param batches whole batches, writable: valid ones may be patched in place
    /// @param decompressedBytesMax no batch is unpacked to more than this: then the answer is [BatchCheck.TooLarge]
    public static BatchCheck validate(
            TopicPartition partition,
            ByteBuffer batches,
            AppendOrigin origin,
            LogConfig config,
            long decompressedBytesMax,
            long nowMs) {
        BatchValidator validator = new BatchValidator(partition, config, decompressedBytesMax, nowMs);
        return switch (origin) {
            case CLIENT -> validator.checkClient(batches);
            case COORDINATOR -> validator.checkTrusted(batches, true);
            case LEADER -> validator.checkTrusted(batches, false);
        };
    }

    private BatchCheck checkClient(ByteBuffer batches) {
        int position = batches.position();
        int remaining = batches.remaining();
        if (remaining > BatchHeader.MAGIC_AT && BatchHeader.magic(batches, position) != BatchHeader.MAGIC) {
            return wrongMagic(BatchHeader.magic(batches, position));
        }
        if (remaining < BatchHeader.OVERHEAD) {
            return invalid("Produce requests must have at least one record batch per partition");
        }
        int size = BatchHeader.sizeInBytes(batches, position);
        if (size < BatchHeader.OVERHEAD) {
            return BatchCheck.Refused.of(
                    ErrorKind.CORRUPT_MESSAGE,
                    "Record batch of %d bytes in topic partition %s is smaller than its header"
                            .formatted(size, partition));
        }
        if (size > remaining) {
            return invalid("Produce requests must have at least one record batch per partition");
        }
        if (size < remaining) {
            return invalid("Produce requests are only allowed to contain exactly one record batch per partition");
        }
        BatchCheck.Refused refused = refuseHeader(batches, position, size);
        return refused == null ? checkRecords(batches, position, size) : refused;
    }

    private BatchCheck.Refused wrongMagic(byte magic) {
        if (magic == 0 || magic == 1) {
            return invalid("Produce requests are only allowed to contain record batches with magic version 2");
        }
        return BatchCheck.Refused.of(ErrorKind.CORRUPT_MESSAGE, "Invalid magic found in record: " + magic);
    }

    private BatchCheck.@Nullable Refused refuseHeader(ByteBuffer batch, int position, int size) {
        long baseOffset = BatchHeader.baseOffset(batch, position);
        if (baseOffset != 0) {
            return invalid("The baseOffset of the record batch in the append to %s should be 0, but it is %d"
                    .formatted(partition, baseOffset));
        }
        if (size > config.batchBytesMax()) {
            return tooLarge(size);
        }
        if (!BatchHeader.isCrcValid(batch, position)) {
            return corrupt(batch, position);
        }
        int lastDelta = BatchHeader.lastOffsetDelta(batch, position);
        int count = BatchHeader.recordCount(batch, position);
        if (lastDelta < 0) {
            return invalid("Batch has an invalid offset range: [%d, %d] in topic partition %s"
                    .formatted(baseOffset, baseOffset + lastDelta, partition));
        }
        if (count <= 0) {
            return invalid(
                    "Invalid reported count for record batch: %d in topic partition %s".formatted(count, partition));
        }
        if (lastDelta + 1L != count) {
            return invalid("Inconsistent batch offset range [%d, %d] and count of records %d in topic partition %s"
                    .formatted(baseOffset, baseOffset + lastDelta, count, partition));
        }
        if (BatchHeader.isControl(batch, position)) {
            return invalid("Clients are not allowed to write control records in topic partition " + partition);
        }
        return refuseProducer(batch, position);
    }

    private BatchCheck.@Nullable Refused refuseProducer(ByteBuffer batch, int position) {
        boolean hasProducerId = BatchHeader.hasProducerId(batch, position);
        int sequence = BatchHeader.baseSequence(batch, position);
        if (hasProducerId && sequence < 0) {
            return invalid("Invalid sequence number %d in record batch with producerId %d in topic partition %s"
                    .formatted(sequence, BatchHeader.producerId(batch, position), partition));
        }
        if (!hasProducerId && BatchHeader.isTransactional(batch, position)) {
            return invalid("Transactional records without a producerId in topic partition " + partition);
        }
        int codec = BatchHeader.codec(batch, position);
        if (!Compressor.isKnown(codec)) {
            return BatchCheck.Refused.of(ErrorKind.UNSUPPORTED_COMPRESSION, "Unknown compression type id: " + codec);
        }
        if (config.timestampType() == LogConfig.TimestampType.CREATE_TIME
                && BatchHeader.isLogAppendTime(batch, position)) {
            String text = "Invalid timestamp type in message. Producer should not set timestamp type to LogAppendTime.";
            return refuseRecords(ErrorKind.INVALID_TIMESTAMP, 1, List.of(new RecordError(0, text)));
        }
        return null;
    }

    /// Whether a batch has to be packed anew for its topic, which takes far longer than looking at it.
    ///
    /// @param position where a whole header stands
    public static boolean isRepackDue(ByteBuffer batch, int position, LogConfig config) {
        return config.compression() != LogConfig.Compression.PRODUCER
                && Compressor.codec(config.compression()) != BatchHeader.codec(batch, position);
    }

    private BatchCheck checkRecords(ByteBuffer batch, int position, int size) {
        RecordScan scan = new RecordScan();
        BatchCheck stopped = walk(batch, position, size, scan);
        if (stopped != null) {
            return stopped;
        }
        if (config.compact() && scan.keylessCount() > 0) {
            return refuseKeyless(batch, position, size);
        }
        if (!isInRange(scan.minTimestamp()) || !isInRange(scan.maxTimestamp())) {
            return refuseTimestamps(batch, position, size);
        }
        return isRepackDue(batch, position, config)
                ? repacked(batch, position, scan.maxTimestamp())
                : valid(batch, position, scan.maxTimestamp());
    }

    /// Returns why the records are not to be taken as they are framed; nothing when they are sound.
    private @Nullable BatchCheck walk(ByteBuffer batch, int position, int size, RecordScan scan) {
        int count = BatchHeader.recordCount(batch, position);
        if (BatchHeader.codec(batch, position) == 0) {
            long baseTimestamp = BatchHeader.baseTimestamp(batch, position);
            return scan.scan(batch, position + BatchHeader.OVERHEAD, position + size, count, baseTimestamp)
                    ? null
                    : invalid("Record batch with %d records that do not fill it in topic partition %s"
                            .formatted(count, partition));
        }
        return switch (Compressor.walk(batch, position, decompressedBytesMax, scan)) {
            case Compressor.Walked.Sound() -> null;
            case Compressor.Walked.TooLarge() -> new BatchCheck.TooLarge(decompressedBytesMax);
            case Compressor.Walked.Damaged(var why) -> invalid("%s in topic partition %s.".formatted(why, partition));
        };
    }

    private BatchCheck repacked(ByteBuffer batch, int position, long maxTimestamp) {
        ByteBuffer rewritten = Compressor.repack(batch, position, config);
        if (rewritten.limit() > config.batchBytesMax()) {
            return tooLarge(rewritten.limit());
        }
        BatchCheck.Valid valid = valid(rewritten, 0, maxTimestamp);
        return new BatchCheck.Valid(rewritten, true, 1, valid.recordCount(), valid.maxTimestamp());
    }

    /// Everything is in order: stamps the batch as the topic wants it.
    private BatchCheck.Valid valid(ByteBuffer batch, int position, long maxTimestamp) {
        long max = maxTimestamp;
        if (config.timestampType() == LogConfig.TimestampType.LOG_APPEND_TIME) {
            max = nowMs;
            BatchHeader.setLogAppendTime(batch, position, nowMs);
        } else if (BatchHeader.maxTimestamp(batch, position) != maxTimestamp) {
            BatchHeader.setMaxTimestamp(batch, position, maxTimestamp);
        }
        return new BatchCheck.Valid(batch, false, 1, BatchHeader.lastOffsetDelta(batch, position) + 1L, max);
    }

    /// Second walk, to name the bad ones.
    private BatchCheck.Refused refuseTimestamps(ByteBuffer batch, int position, int size) {
        BadRecords bad = new BadRecords(new BadRecords.Rule() {
            @Override
            public boolean isBad(long timestamp, boolean hasKey) {
                return !isInRange(timestamp);
            }

            @Override
            public String text(long timestamp, int index) {
                return outOfRange(timestamp, index);
            }
        });
        walk(batch, position, size, new RecordScan(bad));
        return refuseRecords(ErrorKind.INVALID_TIMESTAMP, bad.count(), bad.listed());
    }

    /// Second walk, to name the bad ones.
    private BatchCheck.Refused refuseKeyless(ByteBuffer batch, int position, int size) {
        String text = "Compacted topic cannot accept message without key in topic partition " + partition;
        BadRecords bad = new BadRecords(new BadRecords.Rule() {
            @Override
            public boolean isBad(long timestamp, boolean hasKey) {
                return !hasKey;
            }

            @Override
            public String text(long timestamp, int index) {
                return text;
            }
        });
        walk(batch, position, size, new RecordScan(bad));
        return refuseRecords(ErrorKind.INVALID_RECORD, bad.count(), bad.listed());
    }

    private boolean isInRange(long timestamp) {
        return config.timestampType() == LogConfig.TimestampType.LOG_APPEND_TIME
                || timestamp == BatchHeader.NO_TIMESTAMP
                || timestamp >= earliest() && timestamp <= latest();
    }

    private long earliest() {
        return nowMs - config.timestampBeforeMaxMs();
    }

    private long latest() {
        return config.timestampAfterMaxMs() > Long.MAX_VALUE - nowMs
                ? Long.MAX_VALUE
                : nowMs + config.timestampAfterMaxMs();
    }

    private String outOfRange(long timestamp, int index) {
        return "Timestamp %d of message with offset %d is out of range. The timestamp should be within [%d, %d]"
                .formatted(timestamp, index, earliest(), latest());
    }

    private static BatchCheck.Refused refuseRecords(ErrorKind error, int bad, List<RecordError> errors) {
        String message = error == ErrorKind.INVALID_TIMESTAMP
                ? "One or more records have been rejected due to invalid timestamp"
                : "One or more records have been rejected due to %d record errors in total, and only showing the first three errors at most: %s"
                        .formatted(bad, errors.subList(0, Math.min(RECORD_ERRORS_IN_TEXT, errors.size())));
        return new BatchCheck.Refused(error, message, List.copyOf(errors));
    }

    /// Batches of our own making, or that a leader has checked: only what a damaged wire or disk could have done to
    /// them.
    private BatchCheck checkTrusted(ByteBuffer batches, boolean stamp) {
        int batchCount = 0;
        long recordCount = 0;
        long maxTimestamp = BatchHeader.NO_TIMESTAMP;
        int position = batches.position();
        while (position < batches.limit()) {
            if (!BatchHeader.isWhole(batches, position, batches.limit())) {
                return BatchCheck.Refused.of(
                        ErrorKind.CORRUPT_MESSAGE, "Record batch cut off in topic partition " + partition);
            }
            if (BatchHeader.magic(batches, position) != BatchHeader.MAGIC) {
                return BatchCheck.Refused.of(
                        ErrorKind.UNSUPPORTED_MESSAGE_FORMAT,
                        "Record batch with magic %d in topic partition %s"
                                .formatted(BatchHeader.magic(batches, position), partition));
            }
            if (!BatchHeader.isCrcValid(batches, position) || BatchHeader.lastOffsetDelta(batches, position) < 0) {
                return corrupt(batches, position);
            }
            if (stamp && config.timestampType() == LogConfig.TimestampType.LOG_APPEND_TIME) {
                BatchHeader.setLogAppendTime(batches, position, nowMs);
            }
            batchCount++;
            recordCount += BatchHeader.lastOffsetDelta(batches, position) + 1L;
            maxTimestamp = Math.max(maxTimestamp, BatchHeader.maxTimestamp(batches, position));
            position += BatchHeader.sizeInBytes(batches, position);
        }
        return batchCount == 0
                ? invalid("Record batch has no batches at all in topic partition " + partition)
                : new BatchCheck.Valid(batches, false, batchCount, recordCount, maxTimestamp);
    }

    private BatchCheck.Refused corrupt(ByteBuffer batches, int position) {
        return BatchCheck.Refused.of(
                ErrorKind.CORRUPT_MESSAGE,
                "Record is corrupt (stored crc = %d) in topic partition %s."
                        .formatted(BatchHeader.crc(batches, position), partition));
    }

    private BatchCheck.Refused tooLarge(int size) {
        return BatchCheck.Refused.of(
                ErrorKind.MESSAGE_TOO_LARGE,
                "A batch for %s is %d bytes, and its topic takes at most %d (max.message.bytes)"
                        .formatted(partition, size, config.batchBytesMax()));
    }

    private static BatchCheck.Refused invalid(String message) {
        return BatchCheck.Refused.of(ErrorKind.INVALID_RECORD, message);
    }
}
