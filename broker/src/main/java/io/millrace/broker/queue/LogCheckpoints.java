package io.millrace.broker.queue;

import io.millrace.broker.queue.machine.Snapshot;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// When a queue writes down what is settled, and lets go of its log's beginning: at once when something was, then for
/// a moment no more unless much was, and now and then while messages only come in, so that loading looks at little.
/// Large snapshots are written less often.
///
/// When all is settled and the queue is at rest, its log lets go of the segment it writes to as well: the log seals one
/// that is mostly deleted, and checkpoints that follow lead its start past what was written there, themselves included.
///
/// On a disk that is short of room only those are written that lead the log's start on, or that somebody waits for,
/// these not often: others make no room and use it up. What they would have said comes again should the node be killed
/// meanwhile.
///
/// Invariant: the log never starts above what a checkpoint in it, known to be safe, calls settled; but for a disk that
/// is too full for a checkpoint, and would stay so if nothing were let go of.
///
/// Owned by: the queue's loop.
final class LogCheckpoints {
    private static final int SETTLED_MAX = 1_000;
    static final int ENQUEUED_MAX = 10_000;
    private static final long QUIET_MS = 50;
    private static final long BUSY_MS = 10;
    private static final long RETRY_MS = 1_000;
    /// After so many of them nobody waits any more.
    static final int REFUSALS_MAX = 10;
    /// So many bytes of a snapshot keep the next one away for a millisecond more.
    private static final int BYTES_PER_MS = 1_024;

    private static final long START_EVERY_MS = 5_000;
    private static final long START_SHORTLY_MS = 500;
    private static final long START_WHEN_SHORT_MS = 100;
    private static final long START_TIMEOUT_MS = 30_000;
    /// Everything in the log, checkpoints too.
    private static final long LOG_END = Long.MAX_VALUE;
    private static final long TO_HIGH_WATERMARK = -1;
    /// Bytes of messages that are worth it to empty the segment they were in.
    static final long EMPTYING_BYTES = 256 * 1024;
    /// Checkpoints it takes until the start is past the segment: one is let go of with the next but one.
    private static final int EMPTYING_STEPS = 6;

    private final TopicPartition partition;
    private final Loop loop;
    private final Clock clock;
    private final QueueLogs logs;
    private final LogWriter writer;
    private final Supplier<Snapshot> snapshots;
    private int settled;
    private int enqueued;
    /// Who waits for the next checkpoint, and who for the one that is being written.
    private List<Publication> waiting = new ArrayList<>();

    private List<Publication> covered = List.of();
    private long notBeforeMs;
    /// When somebody waits.
    private long urgentNotBeforeMs;
    private long soonMs;
    private long lastMs = -QUIET_MS;
    private int refusals;
    private boolean isWriting;
    private boolean closed;
    private Loop.@Nullable Timer timer;
    private long timerAtMs = Long.MAX_VALUE;
    /// What the last checkpoint that was written calls the first that is unsettled.
    private long notedFirst = -1;
    private long start;
    private long startWanted;
    private boolean startMoves;
    /// Of messages whose place in the log nobody has begun to empty.
    private long heldBytes;
    private int emptyingLeft;
    /// Where a checkpoint lies below which all was settled when it was written; nothing has come since.
    private long settledBelow;
    private boolean isAtRest;

    LogCheckpoints(
            TopicPartition partition,
            Loop loop,
            Clock clock,
            QueueLogs logs,
            LogWriter writer,
            Supplier<Snapshot> snapshots,
            int unwritten,
            long heldBytes) {
        this.partition = partition;
        this.loop = loop;
        this.clock = clock;
        this.logs = logs;
        this.writer = writer;
        this.snapshots = snapshots;
        this.enqueued = unwritten;
        this.heldBytes = heldBytes;
        if (logs.roomIsShort().getAsBoolean()) {
            this.heldBytes += EMPTYING_BYTES; // perhaps the last life of the node did not come to it
            settled();
        }
        arm();
    }

    void settled() {
        settled++;
        if (settled == 1) {
            soonMs = Math.max(clock.monotonicMs(), lastMs + QUIET_MS);
            arm();
        } else if (settled == SETTLED_MAX) {
            arm();
        }
    }

    /// Whoever waits is not kept waiting for others.
    void whenNoted(Publication publication) {
        if (closed) {
            publication.ended(Publication.End.FAILED);
        } else if (settled > 0) {
            waiting.add(publication);
            arm();
        } else if (isWriting) {
            covered.add(publication);
        } else {
            publication.ended(Publication.End.STORED);
        }
    }

    void enqueued(int bytes) {
        heldBytes += bytes;
        isAtRest = false;
        if (++enqueued >= ENQUEUED_MAX) {
            arm();
        }
    }

    private void arm() {
        if (isWriting || closed) {
            return;
        }
        boolean isMuch = settled >= SETTLED_MAX || enqueued >= ENQUEUED_MAX;
        if (!isMuch && settled == 0) {
            return;
        }
        long atMs = waiting.isEmpty() ? Math.max(notBeforeMs, isMuch ? 0 : soonMs) : urgentNotBeforeMs;
        if (atMs >= timerAtMs) {
            return; // the timer that is set comes early enough
        }
        if (timer != null) {
            timer.cancel();
        }
        timerAtMs = atMs;
        timer = loop.after(Math.max(0, atMs - clock.monotonicMs()), this::onTimer);
    }

    private void onTimer() {
        timer = null;
        timerAtMs = Long.MAX_VALUE;
        if (!closed && !isWriting) {
            write();
        }
    }

    private void write() {
        Checkpoint checkpoint = new Checkpoint(snapshots.get().from(settledBelow), false);
        boolean isAllSettled = isEmpty(checkpoint.snapshot());
        boolean leadsOn = isAllSettled || checkpoint.snapshot().firstUnsettled() > notedFirst;
        boolean isForWaiters = !leadsOn && logs.roomIsShort().getAsBoolean();
        if (isForWaiters && waiting.isEmpty()) {
            notBeforeMs = clock.monotonicMs() + RETRY_MS;
            urgentNotBeforeMs = notBeforeMs;
            arm();
            return;
        }
        int settledBefore = settled;
        settled = 0;
        enqueued = 0;
        isWriting = true;
        covered = waiting;
        waiting = new ArrayList<>();
        long beganMs = clock.monotonicMs();
        lastMs = beganMs;
        long bytes = checkpoint.snapshot().settled().count() * 4L
                + checkpoint.snapshot().marks().size() * 6L;
        writer.add(checkpoint, clock.wallMs(), reply -> {
            isWriting = false;
            List<Publication> noted = covered;
            covered = List.of();
            if (reply.error() == ErrorKind.NONE) {
                refusals = 0;
                urgentNotBeforeMs = beganMs + (isForWaiters ? RETRY_MS : bytes / BYTES_PER_MS);
                notBeforeMs = urgentNotBeforeMs + BUSY_MS;
                notedFirst = checkpoint.snapshot().firstUnsettled();
                if (isAllSettled) {
                    settledBelow = reply.result().firstOffset();
                    isAtRest = enqueued == 0; // what is placed before it is safe may have come meanwhile
                }
                moveStart(checkpoint.snapshot().firstUnsettled());
                noted.forEach(each -> each.ended(Publication.End.STORED));
            } else {
                notBeforeMs = clock.monotonicMs() + RETRY_MS;
                urgentNotBeforeMs = notBeforeMs;
                settled += settledBefore;
                waiting.addAll(0, noted);
                if (++refusals % REFUSALS_MAX == 0) {
                    giveUp();
                }
                if (reply.error() == ErrorKind.STORAGE_ERROR) {
                    makeRoom(checkpoint.snapshot());
                }
            }
            soonMs = beganMs + QUIET_MS;
            arm();
        });
    }

    /// There may be no room for long. What was settled is so nevertheless.
    private void giveUp() {
        List<Publication> unheard = waiting;
        waiting = new ArrayList<>();
        unheard.forEach(each -> each.ended(Publication.End.FAILED));
    }

    /// What lies below the first unsettled message is settled, checkpoint or not. What is settled above it comes again
    /// should the node be killed before there is room to write it down.
    private void makeRoom(Snapshot snapshot) {
        moveStart(isEmpty(snapshot) ? LOG_END : snapshot.firstUnsettled());
    }

    private boolean isEmpty(Snapshot snapshot) {
        return snapshot.firstUnsettled() == snapshot.end() && writer.isIdle();
    }

    private void moveStart(long firstUnsettled) {
        startWanted = firstUnsettled;
        if (startMoves || closed) {
            return;
        }
        if (startWanted > start) {
            startMoves = true;
            loop.after(startDelayMs(), this::deleteSettled);
        } else {
            empty();
        }
    }

    private long startDelayMs() {
        if (logs.roomIsShort().getAsBoolean()) {
            return START_WHEN_SHORT_MS;
        }
        return isAtRest && emptyingLeft > 0 ? START_SHORTLY_MS : START_EVERY_MS;
    }

    /// The next checkpoint says that the log may start where the last one is.
    private void empty() {
        long worthwhile = logs.roomIsShort().getAsBoolean() ? 1 : EMPTYING_BYTES;
        if (isAtRest && emptyingLeft == 0 && heldBytes >= worthwhile) {
            heldBytes = 0;
            emptyingLeft = EMPTYING_STEPS;
        }
        if (isAtRest && emptyingLeft > 0) {
            emptyingLeft--;
            settled();
        }
    }

    private void deleteSettled() {
        if (closed) {
            return;
        }
        long wanted = startWanted;
        if (wanted == LOG_END) {
            Snapshot now = snapshots.get(); // messages may have come since
            wanted = isEmpty(now) ? TO_HIGH_WATERMARK : now.firstUnsettled();
            startWanted = wanted;
        }
        logs.partitions().deleteRecords(partition, wanted, START_TIMEOUT_MS, reply -> {
            startMoves = false;
            if (reply.error() == ErrorKind.NONE) {
                start = Math.max(start, reply.offset());
            }
            moveStart(startWanted);
        });
    }

    /// The last one of an orderly end. A log that never had a message says all there is to say: hundred thousands of
    /// queues that somebody only looked at must not get a file each when the node stops.
    void close(Runnable done) {
        close();
        Snapshot last = snapshots.get();
        if (last.end() == 0) {
            done.run();
        } else {
            writer.add(new Checkpoint(last.from(settledBelow), true), clock.wallMs(), _ -> done.run());
        }
    }

    void close() {
        closed = true;
        List<Publication> unheard = new ArrayList<>(covered);
        unheard.addAll(waiting);
        covered = List.of();
        waiting = new ArrayList<>();
        unheard.forEach(each -> each.ended(Publication.End.FAILED));
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
