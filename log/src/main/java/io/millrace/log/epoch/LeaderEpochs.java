package io.millrace.log.epoch;

import java.util.ArrayList;
import java.util.List;

/// The leader epochs of one log, each with the offset it began at; answers where an epoch ended, which is how a
/// follower or a consumer finds out where its copy parted from the leader's (KIP-101, KIP-279, KIP-320).
///
/// Owned by: the log's loop. Invariant: epochs and start offsets both rise strictly.
public final class LeaderEpochs {
    /// No epoch, or no offset, as the wire and the checkpoint spell it.
    public static final int UNDEFINED = -1;

    private List<EpochEntry> entries = List.of();

    public LeaderEpochs() {}

    /// Restores what a checkpoint held; entries that break the invariant are resolved as if they had been assigned in
    /// turn.
    public LeaderEpochs(List<EpochEntry> checkpoint) {
        checkpoint.forEach(entry -> assign(entry.epoch(), entry.startOffset()));
    }

    /// Takes note that `epoch` writes at `startOffset`; returns whether anything changed, so that the caller writes the
    /// checkpoint. Entries that contradict the new one (same or later epoch, same or later offset) give way.
    public boolean assign(int epoch, long startOffset) {
        if (epoch < 0 || startOffset < 0) {
            return false;
        }
        if (!entries.isEmpty()
                && entries.getLast().epoch() == epoch
                && entries.getLast().startOffset() <= startOffset) {
            return false;
        }
        if (entries.isEmpty()) {
            entries = new ArrayList<>(1); // the one list that all logs without a batch share takes nothing
        }
        entries.removeIf(entry -> entry.epoch() >= epoch || entry.startOffset() >= startOffset);
        return entries.add(new EpochEntry(epoch, startOffset));
    }

    /// Epoch of the last batch, or [#UNDEFINED].
    public int latest() {
        return entries.isEmpty() ? UNDEFINED : entries.getLast().epoch();
    }

    /// Whether the epoch of every batch at or above `startOffset` is known.
    public boolean isKnownFrom(long startOffset) {
        return entries.isEmpty() || entries.getFirst().startOffset() <= startOffset;
    }

    /// The oldest epoch known has everything from `startOffset` on.
    public void beginAt(long startOffset) {
        if (!isKnownFrom(startOffset)) {
            entries.set(0, new EpochEntry(entries.getFirst().epoch(), startOffset));
        }
    }

    /// Epoch that `offset` was written in, or [#UNDEFINED] when it lies before everything known.
    public int epochOf(long offset) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (entries.get(i).startOffset() <= offset) {
                return entries.get(i).epoch();
            }
        }
        return UNDEFINED;
    }

    /// The largest epoch not above `epoch` and the first offset after it.
    ///
    /// As in Kafka: the latest epoch ends at `logEndOffset`; an epoch above the latest is unknown; an epoch older than
    /// all known ones is answered with itself and the start of the oldest, because all its records are gone.
    public EpochEnd endOffsetFor(int epoch, long logEndOffset) {
        if (epoch < 0 || entries.isEmpty() || epoch > latest()) {
            return new EpochEnd(UNDEFINED, UNDEFINED);
        }
        if (epoch == latest()) {
            return new EpochEnd(epoch, logEndOffset);
        }
        int above = 0;
        while (entries.get(above).epoch() <= epoch) {
            above++;
        }
        int found = above == 0 ? epoch : entries.get(above - 1).epoch();
        return new EpochEnd(found, entries.get(above).startOffset());
    }

    /// Forgets epochs that begin at or above `endOffset`; returns whether anything changed.
    public boolean truncateFromEnd(long endOffset) {
        return !entries.isEmpty() && entries.removeIf(entry -> entry.startOffset() >= endOffset);
    }

    /// Forgets epochs that ended at or below `startOffset`; the one that `startOffset` was written in now begins there.
    public boolean truncateFromStart(long startOffset) {
        if (entries.isEmpty() || entries.getFirst().startOffset() >= startOffset) {
            return false;
        }
        int epoch = epochOf(startOffset);
        entries.removeIf(entry -> entry.startOffset() <= startOffset);
        entries.addFirst(new EpochEntry(epoch, startOffset));
        return true;
    }

    public void clear() {
        entries = List.of();
    }

    public List<EpochEntry> entries() {
        return List.copyOf(entries);
    }
}
