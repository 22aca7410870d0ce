package io.millrace.kafka.codec;

import io.millrace.log.FileSlice;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// A run of batches in a segment file, as a record set that kafka-clients' generated writers accept. It becomes a file
/// piece of the [EncodedResponse], so fetched bytes never pass through the heap.
///
/// @param slice owned: whoever drops a response that was never encoded releases it
public record SliceRecords(FileSlice slice) implements BaseRecords {
    @Override
    public int sizeInBytes() {
        return slice.length();
    }

    /// Never called: [ResponseEncoder] takes the slice itself instead of going through kafka-clients' own network
    /// layer.
    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("a file slice is sent as a piece of an EncodedResponse");
    }
}
