package io.millrace.kafka.mapping;

import io.millrace.broker.group.Opaque;
import io.millrace.broker.group.Subscriptions;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Looks into the subscriptions of `consumer` groups: an int16 version, then an array of topic names that has not moved
/// in any version (ConsumerProtocolSubscription.json).
public final class ConsumerSubscriptions implements Subscriptions {
    @Override
    public Optional<Set<String>> topics(Opaque subscription) {
        try {
            FieldReader in = new FieldReader(ByteBuffer.wrap(subscription.bytes()));
            if (in.int16() < 0) {
                return Optional.empty();
            }
            int count = in.arrayLength();
            Set<String> topics = new LinkedHashSet<>();
            for (int index = 0; index < count; index++) {
                topics.add(in.string());
            }
            return Optional.of(topics);
        } catch (FieldReader.Malformed malformed) {
            return Optional.empty();
        }
    }
}
