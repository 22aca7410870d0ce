package io.millrace.log.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OffsetMapTest {
    /// The vectors published with SipHash: key 00..0f, messages 00, 00 01, ...
    @Test
    void hashesAsSipHashDoes() {
        KeyHash hash = new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        assertThat(hash(hash, 0)).isEqualTo("a3817f04ba25a8e66df67214c7550293");
        assertThat(hash(hash, 1)).isEqualTo("da87c1d86b99af44347659119b22fc45");
    }

    @Test
    void remembersTheLastOffsetOfEveryKeyUntilItIsFull() {
        OffsetMap map = new OffsetMap(24 * 1000, 1, 2);
        Map<String, Long> model = new HashMap<>();
        Random random = new Random(5);
        int refused = 0;
        for (long offset = 0; offset < 5000; offset++) {
            String key = "key-" + random.nextInt(1200);
            if (map.put(bytes(key), offset)) {
                model.put(key, offset);
            } else {
                refused++;
                assertThat(model).hasSize(900).doesNotContainKey(key);
            }
        }
        assertThat(refused).isPositive();
        assertThat(map.size()).isEqualTo(900);
        model.forEach((key, offset) -> assertThat(map.get(bytes(key))).isEqualTo(offset));
        assertThat(map.get(bytes("other"))).isEqualTo(OffsetMap.NONE);
        map.clear();
        assertThat(map.get(bytes("key-1"))).isEqualTo(OffsetMap.NONE);
        assertThat(map.put(bytes(""), 0)).isTrue();
        assertThat(map.get(bytes(""))).isZero();
    }

    private static String hash(KeyHash hash, int length) {
        ByteBuffer message = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            message.put((byte) i);
        }
        hash.of(message.flip());
        return HexFormat.of()
                .formatHex(ByteBuffer.allocate(16)
                        .putLong(Long.reverseBytes(hash.low()))
                        .putLong(Long.reverseBytes(hash.high()))
                        .array());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
