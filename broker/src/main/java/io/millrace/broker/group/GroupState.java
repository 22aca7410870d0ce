package io.millrace.broker.group;

/// Where a classic group stands, with the moves it may make.
public enum GroupState {
    /// No members; offsets may be there.
    EMPTY("Empty"),
    /// Members are asked to join again, their joins wait for the others.
    PREPARING_REBALANCE("PreparingRebalance"),
    /// Everyone has joined, the leader works out who gets what.
    COMPLETING_REBALANCE("CompletingRebalance"),
    /// Everyone has an assignment.
    STABLE("Stable"),
    /// Removed; nothing leads out of here.
    DEAD("Dead");

    private final String label;

    GroupState(String label) {
        this.label = label;
    }

    /// The name Kafka's tools show and filter by.
    public String label() {
        return label;
    }

    boolean mayMoveTo(GroupState next) {
        return switch (next) {
            case EMPTY -> this == PREPARING_REBALANCE;
            case PREPARING_REBALANCE -> this == EMPTY || this == STABLE || this == COMPLETING_REBALANCE;
            case COMPLETING_REBALANCE -> this == PREPARING_REBALANCE;
            case STABLE -> this == COMPLETING_REBALANCE;
            case DEAD -> true;
        };
    }
}
