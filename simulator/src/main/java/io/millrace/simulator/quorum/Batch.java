package io.millrace.simulator.quorum;

import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.model.InvariantViolation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A batch of the metadata log as it lies on disk. Two batches are the same when they are the same object: only one
/// leader makes one.
///
/// Immutable.
final class Batch {
    private final Position last;
    private final List<byte[]> records;

    private Batch(Position last, List<byte[]> records) {
        this.last = last;
        this.records = records;
    }

    static Batch of(Position last, List<MetadataRecord> records) {
        return new Batch(last, records.stream().map(RecordCodec::encode).toList());
    }

    Position last() {
        return last;
    }

    long bytes() {
        return records.stream().mapToLong(each -> each.length).sum();
    }

    List<MetadataRecord> records() {
        List<MetadataRecord> decoded = new ArrayList<>(records.size());
        for (byte[] bytes : records) {
            switch (RecordCodec.decode(ByteBuffer.wrap(bytes))) {
                case RecordCodec.Decoded.Complete complete -> decoded.add(complete.record());
                case RecordCodec.Decoded.Malformed malformed -> throw new InvariantViolation(malformed.why());
            }
        }
        return decoded;
    }
}
