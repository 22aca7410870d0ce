package io.millrace.cluster.replica;

import io.millrace.model.TopicIdPartition;

/// One partition in the hands of its [ReplicaFetcher].
///
/// | state   | means                                                       | in the leader's session |
/// |---------|-------------------------------------------------------------|-------------------------|
/// | WANTED  | is to be named with the next question                       | perhaps, with an old one |
/// | NAMED   | the leader knows what is wanted                              | yes |
/// | BUSY    | what came is being flushed, or the log is being cut          | perhaps, with an old one |
/// | DELAYED | the leader refused, or a throttle; waits for its time       | perhaps, with an old one |
/// | GONE    | followed no more                                             | perhaps, to be forgotten |
///
/// Owned by: its fetcher.
final class Followed {
    private static final long RETRY_MS_MIN = 20;
    private static final long RETRY_MS_MAX = 1_000;

    /// See above.
    enum State {
        WANTED,
        NAMED,
        BUSY,
        DELAYED,
        GONE
    }

    final Partition partition;
    final TopicIdPartition key;
    State state = State.BUSY;
    boolean inSession;
    /// The question that named it last; answers to earlier ones are old.
    long namedBy;
    /// From where on it was asked for then.
    long namedOffset;
    long namedAtMs;
    long wantedAtMs;
    private long retryMs = RETRY_MS_MIN;

    Followed(Partition partition) {
        this.partition = partition;
        this.key = partition.key();
    }

    void delay(long nowMs) {
        state = State.DELAYED;
        wantedAtMs = nowMs + retryMs;
        retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
    }

    void succeeded() {
        retryMs = RETRY_MS_MIN;
    }
}
