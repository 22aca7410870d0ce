package io.millrace.log.batch;

import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;

/// What [BatchValidator] found.
public sealed interface BatchCheck {
    /// The batches may be appended.
    ///
    /// @param batches the bytes to append, from position to limit: those that were asked about (perhaps patched in
    ///     place), or new ones
    /// @param rewritten whether `batches` is a new buffer on the heap, so that the caller's own bytes are not needed
    /// any more
    /// @param batchCount batches in the buffer, at least one
    /// @param recordCount offsets the batches will take
    /// @param maxTimestamp largest timestamp of all batches, -1 when none has one
    record Valid(ByteBuffer batches, boolean rewritten, int batchCount, long recordCount, long maxTimestamp)
            implements BatchCheck {}

    /// Nothing may be appended.
    ///
    /// @param recordErrors which records are to blame, empty when the batch as a whole is
    record Refused(ErrorKind error, String message, List<AppendResult.RecordError> recordErrors) implements BatchCheck {
        static Refused of(ErrorKind error, String message) {
            return new Refused(error, message, List.of());
        }
    }

    /// The records unpack to more than was allowed. With all that a topic allows that is a refusal; with less, somebody
    /// who has the time must look again.
    ///
    /// @param unpackedBytesMax where reading stopped
    record TooLarge(long unpackedBytesMax) implements BatchCheck {
        /// What a client is told.
        public Refused refused(TopicPartition partition) {
            return Refused.of(
                    ErrorKind.MESSAGE_TOO_LARGE,
                    "The record batch in the append to %s unpacks to more than %d bytes"
                            .formatted(partition, unpackedBytesMax));
        }
    }
}
