package io.millrace.server.partition;

import io.millrace.cluster.replica.Throttle;
import io.millrace.log.LogDirectory.Found;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// The logs of one loop that are on their way to another disk (KIP-113): a few are copied at a time, the others wait
/// for their turn.
///
/// Owned by: the loop of its [PartitionHost].
final class LogMoves {
    /// Each holds a piece of a log in memory, and disks like few readers best.
    private static final int COPIES_MAX = 2;

    private final PartitionHost host;
    private final LogMove.Surroundings around;
    private final ArrayDeque<LogMove> waiting = new ArrayDeque<>();
    private final Set<LogMove> copying = new HashSet<>();

    LogMoves(
            PartitionHost host,
            EventLoop loop,
            Clock clock,
            Throttle throttle,
            Arrivals arrivals,
            FlushTurns flushes,
            FailedPartitions failures) {
        this.host = host;
        this.around = new LogMove.Surroundings(loop, clock, throttle, this, arrivals, flushes, failures);
    }

    /// Somebody wants a log to be on `target`: a move begins, goes on, goes elsewhere, or, where the log is there, is
    /// cancelled.
    ///
    /// @param answer NONE once the wish outlives a restart
    void move(TopicPartition id, LogDirectories directories, LogDirectories.Disk target, Consumer<ErrorKind> answer) {
        Hosted hosted = host.hosted(id);
        if (hosted == null) {
            answer.accept(ErrorKind.REPLICA_NOT_AVAILABLE);
            return;
        }
        LogMove underWay = hosted.move;
        if (underWay != null && (underWay.isEnding() || underWay.target() != target)) {
            underWay.cancel(() -> move(id, directories, target, answer));
        } else if (underWay != null || hosted.disk == target.loop()) {
            answer.accept(ErrorKind.NONE);
        } else {
            LogMove next = new LogMove(around, directories, hosted, target, null);
            hosted.move = next;
            next.prepare(answer);
        }
    }

    /// A copy that the last run had begun goes on.
    void resume(TopicPartition id, LogDirectories directories, LogDirectories.Disk target, Found folder) {
        Hosted hosted = host.hosted(id);
        if (hosted != null) {
            LogMove move = new LogMove(around, directories, hosted, target, folder);
            hosted.move = move;
            onReady(move);
        }
    }

    /// The partition is about to be deleted here, and what there is of a copy with it.
    void cancel(TopicPartition id) {
        Hosted hosted = host.hosted(id);
        LogMove move = hosted == null ? null : hosted.move;
        if (move != null) {
            move.cancel(() -> {});
        }
    }

    /// Its folder is there.
    void onReady(LogMove move) {
        waiting.add(move);
        startNext();
    }

    private void startNext() {
        while (copying.size() < COPIES_MAX && !waiting.isEmpty()) {
            LogMove next = waiting.removeFirst();
            if (!next.isEnding()) {
                copying.add(next);
                next.start();
            }
        }
    }

    void onOver(LogMove move) {
        waiting.remove(move);
        copying.remove(move);
        startNext();
    }

    /// The log is on another disk now.
    void onArrived(Hosted hosted, LogDirectories.Disk disk) {
        hosted.disk = disk.loop();
        hosted.mood = host.moodOf(disk.loop());
    }

    /// The log is whole again, wherever it is.
    void onChangedOver(Hosted hosted) {
        host.onCut(hosted);
    }

    void onDamaged(Hosted hosted, long offset) {
        host.onDamaged(hosted, offset);
    }
}
