package io.millrace.cluster.replica;

import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchHeader;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;

/// Batches on their way into a partition, with all that is needed to look at them: a look at small ones is taken by the
/// partition's owner in passing, the unpacking of large ones by a thread that has the time.
///
/// Owned by: one thread at a time; valid batches may be patched in place.
///
/// @param config the log's settings when they came
/// @param unpackedBytesMax `max.decompressed.message.bytes`
/// @param wallMs when they came
public record ArrivingBatches(
        TopicPartition partition,
        ByteBuffer batches,
        AppendOrigin origin,
        LogConfig config,
        long unpackedBytesMax,
        long wallMs) {
    /// Looks as far as is needed: the answer is final.
    public BatchCheck check() {
        return validate(unpackedBytesMax);
    }

    /// Looks, but unpacks no more than `bytes`, and packs nothing anew.
    ///
    /// @return [BatchCheck.TooLarge] when that was not enough; final when it is as much as the topic allows
    public BatchCheck check(long bytes) {
        if (bytes >= unpackedBytesMax) {
            return validate(unpackedBytesMax);
        }
        return isRepackDue() ? new BatchCheck.TooLarge(bytes) : validate(bytes);
    }

    private BatchCheck validate(long bytes) {
        return BatchValidator.validate(partition, batches, origin, config, bytes, wallMs);
    }

    private boolean isRepackDue() {
        return origin == AppendOrigin.CLIENT
                && batches.remaining() >= BatchHeader.OVERHEAD
                && BatchHeader.magic(batches, batches.position()) == BatchHeader.MAGIC
                && BatchValidator.isRepackDue(batches, batches.position(), config);
    }

    /// Whether nothing more will be found out about them.
    public boolean isFinal(BatchCheck check) {
        return !(check instanceof BatchCheck.TooLarge(long stoppedAt)) || stoppedAt >= unpackedBytesMax;
    }
}
