package io.millrace.kafka.state;

import io.millrace.broker.partition.FetchQuery.Asker;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.Partitions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.jspecify.annotations.Nullable;

/// An incremental fetch session (KIP-227): the partitions a client follows, so that its requests name only what
/// changed.
///
/// Owned by: the loop whose [FetchSessions] holds it.
/// Invariant: iteration order is the order in which partitions are filled; a partition that got records goes to the
/// end.
public final class FetchSession {
    private final int id;
    private final boolean byTopicId;
    private final long createdMs;
    private final Map<FetchPartition.Key, FetchPartition> partitions = new LinkedHashMap<>();
    private int nextEpoch = 1;
    private long usedMs;
    private Asker follower = Asker.CONSUMER;
    private @Nullable FollowerReads<FetchPartition> reads;

    FetchSession(int id, boolean byTopicId, long nowMs, List<FetchPartition> first) {
        this.id = id;
        this.byTopicId = byTopicId;
        this.createdMs = nowMs;
        this.usedMs = nowMs;
        for (FetchPartition partition : first) {
            partitions.put(partition.key(), partition);
        }
    }

    public int id() {
        return id;
    }

    boolean isByTopicId() {
        return byTopicId;
    }

    int size() {
        return partitions.size();
    }

    long createdMs() {
        return createdMs;
    }

    long usedMs() {
        return usedMs;
    }

    boolean expects(int epoch) {
        return epoch == nextEpoch;
    }

    void turn(long nowMs) {
        // The epoch after the largest one is 1: 0 opens a session and -1 closes one.
        nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
        usedMs = nowMs;
    }

    void forget(FetchPartition.Key key) {
        FetchPartition known = partitions.remove(key);
        if (known != null && reads != null) {
            reads.forget(known);
        }
    }

    void follow(FetchPartition.Key key, FetchRequestData.FetchPartition asked) {
        FetchPartition partition = partitions.get(key);
        if (partition == null) {
            partition = new FetchPartition(key, asked);
            partitions.put(key, partition);
        } else {
            partition.update(asked);
        }
        if (reads != null) {
            reads.ask(partition);
        }
    }

    /// What reads for the follower whose session this is. A node that has registered anew acknowledges as that: it asks
    /// everything again.
    public FollowerReads<FetchPartition> readsFor(Asker asker, Partitions node) {
        FollowerReads<FetchPartition> open = reads;
        if (open == null || !asker.equals(follower)) {
            end();
            open = node.follow(asker);
            partitions.values().forEach(open::ask);
            follower = asker;
            reads = open;
        }
        return open;
    }

    /// Nobody goes on with this session.
    void end() {
        if (reads != null) {
            reads.close();
            reads = null;
        }
    }

    /// All partitions in filling order, as they are now.
    public List<FetchPartition> partitions() {
        return new ArrayList<>(partitions.values());
    }

    /// Whether the client must be told `part`; takes note that it is, and moves a partition with records to the end of
    /// the order, so that no partition starves behind a busy one.
    public boolean tells(FetchPartition partition, FetchReply.Part part) {
        boolean news = partition.isNews(part);
        partition.told(part);
        if (part.bytes() > 0 && partitions.remove(partition.key(), partition)) {
            partitions.put(partition.key(), partition);
        }
        return news;
    }

    /// Takes note that the client is told of an error that was found before the log was asked. Errors are always told.
    public void tellsError(FetchPartition partition) {
        partition.toldError();
    }
}
