package io.millrace.cluster.replica;

import org.jspecify.annotations.Nullable;

/// How far one follower has come, as its leader sees it, and its question that waits for more. A follower fetches from
/// its durable end, so the offset it asks for is what it will keep.
///
/// Owned by: the loop of the leader's replica.
final class FollowerProgress {
    static final long UNKNOWN = -1;
    private static final long NEVER = Long.MAX_VALUE;

    /// Who left early again within this time is waited for longer, and so are those who come and go: every coming and
    /// going is a record of the metadata, for each partition.
    private static final long EARLY_AGAIN_MS = 60_000;

    private static final int PATIENCE_MAX = 8;

    private final int nodeId;
    private boolean inSync;
    private long nodeEpoch = UNKNOWN;
    private long endOffset = UNKNOWN;
    private long startOffset = UNKNOWN;
    private long caughtUpMs;
    private long fetchedMs;
    private long leaderEndWhenFetched = UNKNOWN;
    private long lateSinceMs = NEVER;
    private boolean isLetGoEarly;
    private long leftEarlyMs;
    private int patience = 1;
    private @Nullable StandingRead asked;
    private boolean waitsForChange;
    private boolean waitsForNews;

    /// @param caughtUpMs when it is believed to have caught up last
    FollowerProgress(int nodeId, long caughtUpMs) {
        this.nodeId = nodeId;
        this.caughtUpMs = caughtUpMs;
    }

    int nodeId() {
        return nodeId;
    }

    long nodeEpoch() {
        return nodeEpoch;
    }

    /// As the metadata has it.
    boolean isInSync() {
        return inSync;
    }

    void setInSync(boolean isInSync, long nowMs) {
        if (inSync && !isInSync && isLetGoEarly) {
            patience = Math.min(PATIENCE_MAX, 2 * patience(nowMs));
            leftEarlyMs = nowMs;
        }
        isLetGoEarly = false;
        inSync = isInSync;
    }

    /// It is proposed to go on without it, earlier than any other partition would.
    void letGoEarly() {
        isLetGoEarly = true;
    }

    private int patience(long nowMs) {
        return nowMs - leftEarlyMs > EARLY_AGAIN_MS ? 1 : patience;
    }

    /// Everything below is durable there, as far as this leadership knows; [#UNKNOWN] before its first fetch.
    long endOffset() {
        return endOffset;
    }

    /// Its first offset, as it said last.
    long startOffset() {
        return startOffset;
    }

    /// When it had everything last, as far as is known.
    long caughtUpMs() {
        return caughtUpMs;
    }

    /// Whether it can serve a reader from `offset` on.
    boolean has(long offset) {
        return startOffset <= offset && offset <= endOffset;
    }

    /// It asked for records. What an earlier run of the node asked does not count any more.
    ///
    /// @param leaderEnd what there is for it to fetch
    /// @return whether it counts
    boolean fetched(long fromEpoch, long fetchOffset, long fromStart, long leaderEnd, long nowMs) {
        if (fromEpoch < nodeEpoch) {
            return false;
        }
        nodeEpoch = fromEpoch;
        if (fetchOffset >= leaderEnd) {
            caughtUpMs = nowMs;
            lateSinceMs = NEVER;
        } else if (leaderEndWhenFetched != UNKNOWN && fetchOffset >= leaderEndWhenFetched) {
            caughtUpMs = Math.max(caughtUpMs, fetchedMs);
            lateSinceMs = NEVER;
        }
        endOffset = fetchOffset;
        startOffset = fromStart;
        leaderEndWhenFetched = leaderEnd;
        fetchedMs = nowMs;
        return true;
    }

    /// The leader's log ends here now: what the follower has above is something else than what will come there.
    void cutAt(long leaderEnd) {
        endOffset = Math.min(endOffset, leaderEnd);
        leaderEndWhenFetched = Math.min(leaderEndWhenFetched, leaderEnd);
    }

    /// It had everything there was until this moment, and has been told of no more.
    void leftBehind(long nowMs) {
        caughtUpMs = nowMs;
        lateSinceMs = NEVER;
    }

    /// The follower asks this from now on. Should another question of its wait, then that one is looked at again: it
    /// may be that of a connection the follower has still, and this one the belated question of a broken one.
    void asks(StandingRead question) {
        if (asked != question) {
            wake();
            asked = question;
        }
    }

    /// Keeps a question to which there is nothing to send until there is.
    ///
    /// @param hasMore whether there is something already, only not now: the question is due with the next answer
    /// @return whether it is what the follower asked last
    boolean keep(StandingRead question, boolean hasMore) {
        if (asked != question) {
            return false;
        }
        waitsForChange = !hasMore;
        waitsForNews = !hasMore;
        if (hasMore) {
            question.onNews(false);
        }
        return true;
    }

    void wake() {
        StandingRead question = asked;
        if (waitsForChange && question != null) {
            waitsForChange = false;
            waitsForNews = false;
            question.onChange();
        }
    }

    void wakeForNews(boolean isAwaited) {
        StandingRead question = asked;
        if (waitsForNews && question != null) {
            waitsForNews = false;
            question.onNews(isAwaited);
        }
    }

    /// Whether it had everything there was at some moment of the last `lagMsMax` milliseconds.
    boolean isCaughtUp(long leaderEnd, long nowMs, long lagMsMax) {
        return endOffset >= leaderEnd || nowMs - caughtUpMs <= lagMsMax;
    }

    /// Whether it has been behind for too long. Who is found so has a moment left until it is looked at again: it may
    /// be the leader that slept, and what the follower asked meanwhile waits to be read.
    ///
    /// @param lagMsMax of one who has not left early for a while
    /// @param graceMs that moment, the last of `lagMsMax`
    boolean isLate(long leaderEnd, long nowMs, long lagMsMax, long graceMs) {
        if (isCaughtUp(leaderEnd, nowMs, lagMsMax * patience(nowMs) - graceMs)) {
            lateSinceMs = NEVER;
        } else if (lateSinceMs == NEVER) {
            lateSinceMs = nowMs;
        }
        return lateSinceMs != NEVER && nowMs - lateSinceMs >= graceMs;
    }
}
