package io.millrace.kafka.mapping;

import io.millrace.model.TopicId;
import org.apache.kafka.common.Uuid;

/// [TopicId] to kafka-clients' `Uuid` and back: the same 16 bytes.
public final class Uuids {
    private Uuids() {}

    public static Uuid of(TopicId id) {
        return new Uuid(id.mostSignificantBits(), id.leastSignificantBits());
    }

    public static TopicId topicId(Uuid uuid) {
        return new TopicId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }
}
