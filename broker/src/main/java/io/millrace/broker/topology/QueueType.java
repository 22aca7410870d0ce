package io.millrace.broker.topology;

import java.util.Optional;

/// The type a queue was declared with (`x-queue-type`). Classic and quorum are the same thing here, kept and shown.
public enum QueueType {
    CLASSIC("classic"),
    QUORUM("quorum"),
    /// A log that consumers read by offset.
    STREAM("stream");

    private final String word;

    QueueType(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /// What a queue is that is declared without a type where this one is the standard: classic, when this one can not
    /// be so short-lived.
    public QueueType orClassic(boolean durable, boolean exclusive, boolean autoDelete) {
        return durable && !exclusive && !autoDelete ? this : CLASSIC;
    }

    /// The type clients call `word`.
    public static Optional<QueueType> find(String word) {
        for (QueueType type : values()) {
            if (type.word.equals(word)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
