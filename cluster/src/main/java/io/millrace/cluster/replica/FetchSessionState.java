package io.millrace.cluster.replica;

import io.millrace.cluster.replica.ReplicaFetch.Wanted;
import io.millrace.model.TopicIdPartition;
import java.util.List;

/// The asking side of an incremental fetch session (KIP-227): its number, how many questions it has seen, how many
/// partitions are in it.
///
/// Owned by: its [ReplicaFetcher].
final class FetchSessionState {
    private static final int NONE = 0;

    private int id = NONE;
    private int nextEpoch;
    private int members;

    /// Whether the leader remembers what was asked.
    boolean isOpen() {
        return id != NONE;
    }

    /// Partitions the leader knows of, or will with the next question.
    int members() {
        return members;
    }

    void joined() {
        members++;
    }

    void left() {
        members--;
    }

    /// The epoch after the largest is 1: 0 opens a session and -1 closes one.
    ReplicaFetch question(List<Wanted> wanted, List<TopicIdPartition> forgotten) {
        int epoch = nextEpoch;
        if (isOpen()) {
            nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
        }
        return new ReplicaFetch(id, epoch, wanted, isOpen() ? forgotten : List.of());
    }

    void answered(int sessionId) {
        if (sessionId != id) {
            id = sessionId;
            nextEpoch = sessionId == NONE ? 0 : 1;
        }
        if (sessionId == NONE) {
            members = 0;
        }
    }

    void lose() {
        id = NONE;
        nextEpoch = 0;
        members = 0;
    }
}
