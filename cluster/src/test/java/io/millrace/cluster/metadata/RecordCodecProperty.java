package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.Arrays;

class RecordCodecProperty {
    @Property
    void readsBackWhatItWrote(SeededRandomness randomness) {
        MetadataRecord record = new RandomRecords(randomness).next();

        assertThat(RecordCodec.decode(ByteBuffer.wrap(RecordCodec.encode(record))))
                .isEqualTo(new RecordCodec.Decoded.Complete(record));
    }

    @Property
    void refusesEveryPrefix(SeededRandomness randomness) {
        byte[] bytes = RecordCodec.encode(new RandomRecords(randomness).next());

        for (int length = 0; length < bytes.length; length++) {
            assertThat(RecordCodec.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, length))))
                    .isInstanceOf(RecordCodec.Decoded.Malformed.class);
        }
    }

    @Property
    void answersAnyBytes(SeededRandomness randomness) {
        byte[] bytes = RecordCodec.encode(new RandomRecords(randomness).next());
        for (int flips = 1 + randomness.nextInt(3); flips > 0; flips--) {
            bytes[randomness.nextInt(bytes.length)] = (byte) randomness.nextInt(256);
        }

        switch (RecordCodec.decode(ByteBuffer.wrap(bytes))) {
            case RecordCodec.Decoded.Complete complete ->
                assertThat(RecordCodec.decode(ByteBuffer.wrap(RecordCodec.encode(complete.record()))))
                        .isEqualTo(complete);
            case RecordCodec.Decoded.Malformed malformed ->
                assertThat(malformed.why()).isNotBlank();
        }
    }
}
