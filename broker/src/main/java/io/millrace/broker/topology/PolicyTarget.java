package io.millrace.broker.topology;

import java.util.Optional;

/// What a policy is for (`apply-to`).
public enum PolicyTarget {
    QUEUES("queues"),
    CLASSIC_QUEUES("classic_queues"),
    QUORUM_QUEUES("quorum_queues"),
    STREAMS("streams"),
    EXCHANGES("exchanges"),
    ALL("all");

    private final String word;

    PolicyTarget(String word) {
        this.word = word;
    }

    /// The name clients use.
    public String word() {
        return word;
    }

    /// The target that clients call `word`.
    public static Optional<PolicyTarget> find(String word) {
        for (PolicyTarget target : values()) {
            if (target.word.equals(word)) {
                return Optional.of(target);
            }
        }
        return Optional.empty();
    }

    boolean isFor(QueueType type) {
        return switch (this) {
            case ALL, QUEUES -> true;
            case CLASSIC_QUEUES -> type == QueueType.CLASSIC;
            case QUORUM_QUEUES -> type == QueueType.QUORUM;
            case STREAMS -> type == QueueType.STREAM;
            case EXCHANGES -> false;
        };
    }

    boolean isForExchanges() {
        return this == ALL || this == EXCHANGES;
    }
}
