package io.millrace.cluster.replica;

import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Deletions of records (KIP-107) that wait until every replica in sync has deleted as much: whoever leads next does
/// not bring back what was said to be gone. Where nobody waits there is no list.
///
/// Owned by: the partition's loop.
final class WaitingDeletes {
    private static final long NO_OFFSET = -1;

    private @Nullable List<Waiting> waiting;

    private record Waiting(long offset, long deadlineMs, Partition.Deleted answer) {}

    boolean isEmpty() {
        return waiting == null;
    }

    void add(long offset, long deadlineMs, Partition.Deleted answer) {
        if (waiting == null) {
            waiting = new ArrayList<>(1);
        }
        waiting.add(new Waiting(offset, deadlineMs, answer));
    }

    /// Answers whoever has an answer by now.
    ///
    /// @param isLeader whether this replica may say how far the deletions are
    void answer(boolean isLeader, LeaderSide leading, long nowMs) {
        if (!isLeader) {
            fail(ErrorKind.NOT_LEADER);
        } else if (!isEmpty()) {
            long lowWatermark = leading.lowWatermark();
            release(lowWatermark);
            expire(lowWatermark, nowMs);
        }
    }

    /// Answers everybody who waits for no more than this.
    void release(long lowWatermark) {
        answer(one -> one.offset() <= lowWatermark, ErrorKind.NONE, lowWatermark);
    }

    /// Answers whose time is up.
    void expire(long lowWatermark, long nowMs) {
        answer(one -> one.deadlineMs() <= nowMs, ErrorKind.REQUEST_TIMED_OUT, lowWatermark);
    }

    /// Answers everybody: the leadership is lost, or the partition is gone.
    void fail(ErrorKind error) {
        answer(one -> true, error, NO_OFFSET);
    }

    private void answer(Predicate<Waiting> whose, ErrorKind error, long lowWatermark) {
        List<Waiting> all = waiting;
        if (all == null) {
            return;
        }
        List<Waiting> due = all.stream().filter(whose).toList();
        all.removeAll(due);
        if (all.isEmpty()) {
            waiting = null;
        }
        answerAll(due.iterator(), error, lowWatermark);
    }

    private static void answerAll(Iterator<Waiting> due, ErrorKind error, long lowWatermark) {
        try {
            while (due.hasNext()) {
                due.next().answer().onDeleted(error, lowWatermark);
            }
        } finally {
            if (due.hasNext()) {
                answerAll(due, error, lowWatermark); // an answer has thrown: the others still get theirs
            }
        }
    }
}
