package io.millrace.broker.partition;

/// Who leads a partition now, told to a client that asked the wrong node.
///
/// @param nodeId -1 when unknown
/// @param leaderEpoch -1 when unknown
public record LeaderHint(int nodeId, int leaderEpoch) {
    public static final LeaderHint NONE = new LeaderHint(-1, -1);
}
