package io.millrace.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/// Decoding is total: whatever the bytes, the answer is a value.
class RequestDecoderProperty {
    private static final List<ByteBuffer> SAMPLES = SampleRequests.frames();

    /// Decodes as far as a session would.
    private static Decoded<?> decode(ByteBuffer frame) {
        Decoded<RequestHead> decoded = RequestDecoder.head(frame);
        if (decoded instanceof Decoded.Complete<RequestHead>(RequestHead head) && ApiKeys.hasId(head.apiKey())) {
            ApiKeys key = ApiKeys.forId(head.apiKey());
            if (key.isVersionSupported(head.apiVersion())) {
                return RequestDecoder.body(key, head.apiVersion(), frame);
            }
        }
        return decoded;
    }

    @Test
    void everySampleDecodes() {
        for (ByteBuffer sample : SAMPLES) {
            assertThat(decode(sample.duplicate())).isInstanceOf(Decoded.Complete.class);
        }
    }

    @Test
    void everyTruncationIsAnsweredWithAValue() {
        for (ByteBuffer sample : SAMPLES) {
            for (int length = 0; length < sample.limit(); length++) {
                ByteBuffer cut = sample.duplicate().limit(length);

                Decoded<?> decoded = decode(cut);

                assertThat(cut.position()).isLessThanOrEqualTo(length);
                if (length < 10) {
                    assertThat(decoded).isInstanceOf(Decoded.Malformed.class);
                }
            }
        }
    }

    @Property(tries = 3_000)
    void damagedFramesAreAnsweredWithAValue(SeededRandomness chance) {
        ByteBuffer sample = chance.pick(SAMPLES);
        byte[] bytes = new byte[sample.remaining()];
        sample.duplicate().get(bytes);
        for (int i = chance.between(1, 4); i > 0; i--) {
            // The key and version stay, so that the damage reaches the bodies.
            int place = 4 + chance.nextInt(bytes.length - 4);
            bytes[place] = chance.onceIn(3) ? (byte) 0xff : (byte) chance.nextInt(256);
        }

        assertThat(decode(ByteBuffer.wrap(bytes))).isNotNull();
    }

    @Property(tries = 3_000)
    void randomBodiesAreAnsweredWithAValue(SeededRandomness chance) {
        List<ApiKeys> keys = List.copyOf(ApiKeys.clientApis());
        ApiKeys key = chance.pick(keys);
        int version = chance.between(key.oldestVersion(), key.latestVersion());
        ByteBuffer frame = ByteBuffer.wrap(chance.bytes(4 + chance.nextInt(200)))
                .putShort(0, key.id)
                .putShort(2, (short) version);

        assertThat(decode(frame)).isNotNull();
    }

    @Property(tries = 1_000)
    void recordSetsAreCheckedWithoutReadingPastTheirEnd(SeededRandomness chance) {
        ByteBuffer batches = chance.nextBoolean()
                ? ByteBuffer.wrap(chance.bytes(chance.nextInt(90)))
                : SampleRequests.records("a", "b").buffer();
        if (batches.hasRemaining()) {
            batches.put(chance.nextInt(batches.remaining()), (byte) chance.nextInt(256));
            batches.limit(chance.nextInt(batches.limit() + 1));
        }

        RecordSet.Verdict verdict = RecordSet.check(batches, (short) 9);

        assertThat(verdict == RecordSet.Verdict.OK).isEqualTo(isOneBatch(batches));
    }

    private static boolean isOneBatch(ByteBuffer batches) {
        return batches.remaining() >= 61 && batches.get(16) == 2 && batches.getInt(8) == batches.remaining() - 12;
    }
}
