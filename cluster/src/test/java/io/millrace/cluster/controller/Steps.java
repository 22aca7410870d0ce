package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Decides commands to their end, step by step, as the queue does, and reads every record as the oldest build would
/// that may be there.
final class Steps {
    private final SeededRandomness randomness = new SeededRandomness(7);
    private MetadataImage image;
    private int largest;

    Steps(MetadataImage image) {
        this.image = image;
    }

    MetadataImage image() {
        return image;
    }

    /// Records of the largest step so far.
    int largest() {
        return largest;
    }

    /// Every node of a cluster at a level reads what is written at that level.
    private void checkReadable(List<MetadataRecord> records) {
        MetadataLevel level = image.level();
        for (MetadataRecord record : records) {
            if (record instanceof MetadataRecord.FeatureLevelSet(String feature, int raised, long _)
                    && feature.equals(MetadataLevel.FEATURE)) {
                level = MetadataLevel.finalised(Map.of(feature, raised));
            }
            assertThat(RecordCodec.decode(ByteBuffer.wrap(RecordCodec.encode(record)), level))
                    .isEqualTo(new RecordCodec.Decoded.Complete(record));
        }
    }

    <R> R run(Command<R> command) {
        return run(command, Integer.MAX_VALUE).orElseThrow();
    }

    /// Decides at most `stepsMax` steps: a controller that fails leaves the rest undone.
    <R> Optional<R> run(Command<R> command, int stepsMax) {
        Command<R> next = command;
        for (int step = 0; step < stepsMax; step++) {
            Decision<R> decision = next.decide(image, randomness);
            checkReadable(decision.records());
            // What is committed is what the records say, not what the decision made of them.
            image = image.with(decision.records());
            largest = Math.max(largest, decision.records().size());
            if (decision.rest().isEmpty()) {
                return Optional.of(decision.reply());
            }
            next = decision.rest().get();
        }
        return Optional.empty();
    }
}
