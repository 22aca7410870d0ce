package io.millrace.model;

import java.nio.ByteBuffer;
import java.util.Base64;

/// The identity of one life of a topic: a topic deleted and created again under the same name has another id.
/// The bits are a random (type 4) UUID, shown as Kafka shows them: URL-safe base64 without padding.
public record TopicId(long mostSignificantBits, long leastSignificantBits) {
    /// "No id": what a request that names its topic by name carries.
    public static final TopicId NONE = new TopicId(0, 0);

    /// Draws a fresh id. Ids whose text would begin with `-` are drawn again, as Kafka does, because command lines
    /// would take them for options.
    public static TopicId random(Randomness randomness) {
        while (true) {
            long high = (randomness.nextLong() & 0xffffffffffff0fffL) | 0x0000000000004000L;
            long low = (randomness.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
            TopicId id = new TopicId(high, low);
            if (!id.toString().startsWith("-")) {
                return id;
            }
        }
    }

    /// Reads the text form back.
    ///
    /// @throws IllegalArgumentException when the text is not 16 bytes of URL-safe base64
    public static TopicId parse(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length != Long.BYTES * 2) {
            throw new IllegalArgumentException("not a topic id: " + text);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new TopicId(buffer.getLong(), buffer.getLong());
    }

    public boolean isNone() {
        return mostSignificantBits == 0 && leastSignificantBits == 0;
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES * 2)
                .putLong(mostSignificantBits)
                .putLong(leastSignificantBits)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
