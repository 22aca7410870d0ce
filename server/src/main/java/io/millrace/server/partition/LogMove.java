package io.millrace.server.partition;

import io.millrace.cluster.replica.FollowStep;
import io.millrace.cluster.replica.FutureReplica;
import io.millrace.cluster.replica.Throttle;
import io.millrace.log.FlushJob;
import io.millrace.log.LogDirectory.Found;
import io.millrace.log.MoveJob;
import io.millrace.log.PartitionLog;
import io.millrace.log.ReadResult;
import io.millrace.log.TruncationJob;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.server.loop.DiskLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One log on its way to another disk of the node (KIP-113): copies it piece by piece while it is in use, and when all
/// of it is there, holds what arrives for the moment in which the log changes over ([MoveJob]).
///
/// Owned by: the loop of the log. One piece of work is out with a disk's thread at a time, and every answer comes back
/// through [#goOn], so that an end that is asked for meanwhile waits for that piece and for nothing else.
final class LogMove {
    private static final Logger LOG = LoggerFactory.getLogger(LogMove.class);
    private static final int CHUNK_BYTES = 1 << 20;
    /// So much of a copy may be in the page cache only.
    private static final long UNSYNCED_BYTES_MAX = 32L << 20;
    private static final long WAIT_MS = 100;
    private static final long HELD_LOOK_MS = 1;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Surroundings around;
    private final ChangeOver lastStep;
    private final Hosted hosted;
    private final LogDirectories.Disk target;
    private final List<Runnable> whenEnded = new ArrayList<>(1);
    private @Nullable Found folder;
    private @Nullable FutureReplica replica;
    private Ending ending = Ending.NONE;
    private boolean isOut;
    private boolean isOver;
    /// Of the log that is copied, since the copy's folder was found and until it is opened.
    private long lowestEnd;

    private long unsyncedBytes;
    /// Counts how often the log that is copied became another one; what was read before is of no use then.
    private int reloads;

    private int turns;

    /// What all moves of a loop share.
    record Surroundings(
            Loop loop,
            Clock clock,
            Throttle throttle,
            LogMoves moves,
            Arrivals arrivals,
            FlushTurns flushes,
            FailedPartitions failures) {}

    private enum Ending {
        NONE,
        /// The copy is not wanted any more.
        CANCELLED,
        /// The node stops: the copy goes on with the next start.
        LEFT
    }

    /// @param folder of a copy that has begun; null to make one
    LogMove(
            Surroundings around,
            LogDirectories directories,
            Hosted hosted,
            LogDirectories.Disk target,
            @Nullable Found folder) {
        this.around = around;
        this.lastStep = new ChangeOver(around, directories, hosted, target);
        this.hosted = hosted;
        this.target = target;
        this.folder = folder;
        this.lowestEnd = hosted.partition.log().endOffset();
    }

    LogDirectories.Disk target() {
        return target;
    }

    boolean isEnding() {
        return ending != Ending.NONE || isOver;
    }

    /// Bytes of the copy.
    long sizeBytes() {
        FutureReplica copy = replica;
        return copy == null ? 0 : copy.log().sizeBytes();
    }

    /// Offsets the copy lacks.
    long lag() {
        PartitionLog source = hosted.partition.log();
        FutureReplica copy = replica;
        return copy == null ? source.endOffset() - source.startOffset() : copy.lag(source);
    }

    /// Makes the copy's folder, which stands for the wish, also after a restart.
    ///
    /// @param answer NONE, or that the disk refused
    void prepare(Consumer<ErrorKind> answer) {
        PartitionLog source = hosted.partition.log();
        var made = new Brought<Found>();
        work(
                target.loop(),
                () -> made.run(() -> target.directory().beginFuture(source.partition(), source.topicId())),
                () -> {
                    folder = made.value();
                    answer.accept(folder == null ? ErrorKind.STORAGE_ERROR : ErrorKind.NONE);
                },
                () -> {
                    if (folder == null) {
                        giveUp(made.refusal());
                    } else {
                        around.moves().onReady(this);
                    }
                });
    }

    /// Begins to copy: this move's turn has come.
    void start() {
        Found here = folder;
        if (here == null) {
            throw new IllegalStateException("a move without a folder");
        }
        var opened = new Brought<PartitionLog>();
        PartitionLog source = hosted.partition.log();
        work(
                target.loop(),
                () -> opened.run(() -> target.directory().openFuture(here, source.config())),
                () -> {
                    PartitionLog copy = opened.value();
                    replica = copy == null ? null : new FutureReplica(copy, lowestEnd);
                },
                () -> {
                    if (replica == null) {
                        giveUp(opened.refusal());
                    } else {
                        step();
                    }
                });
    }

    /// The log that is copied was cut, or brought back from its files.
    void onSourceReloaded() {
        reloads++;
        long end = hosted.partition.log().endOffset();
        FutureReplica copy = replica;
        if (copy == null) {
            lowestEnd = Math.min(lowestEnd, end);
        } else {
            copy.keepBelow(end);
        }
    }

    /// The copy is dropped; `andThen` runs when nothing is left of it.
    void cancel(Runnable andThen) {
        end(Ending.CANCELLED, andThen);
    }

    /// The copy is closed as it is; `andThen` runs when it is.
    void leave(Runnable andThen) {
        end(Ending.LEFT, andThen);
    }

    private void end(Ending how, Runnable andThen) {
        whenEnded.add(andThen);
        if (ending == Ending.NONE) {
            ending = how;
        }
        if (!isOut) {
            turns++; // a timer that comes finds nothing to do
            goOn(() -> {});
        }
    }

    private void giveUp(String why) {
        LOG.error(
                "event=log-move-given-up partition={} to={} reason=\"{}\"",
                hosted.partition.id(),
                target.directory().path(),
                why);
        end(Ending.CANCELLED, () -> {});
    }

    /// Runs work of the copy on a disk's thread, then, here, `always`, and `then` unless the move ends.
    private void work(DiskLoop disk, Runnable job, Runnable always, Runnable then) {
        isOut = true;
        disk.read(() -> {
            try {
                job.run();
            } finally {
                around.loop().post(() -> {
                    isOut = false;
                    always.run();
                    goOn(then);
                });
            }
        });
    }

    private void goOn(Runnable then) {
        if (isOver) {
            return;
        }
        if (ending == Ending.NONE) {
            then.run();
        } else {
            dispose();
        }
    }

    private void later(long ms, Runnable then) {
        int turn = ++turns;
        around.loop().after(ms, () -> {
            if (turn == turns) {
                goOn(then);
            }
        });
    }

    private void dispose() {
        around.arrivals().letGo(hosted);
        FutureReplica copy = replica;
        Found here = folder;
        replica = null;
        folder = null;
        isOut = true;
        target.loop().read(() -> {
            try {
                dispose(copy, here);
            } catch (StorageException refused) {
                LOG.error(
                        "event=log-move-remains directory={} reason=\"{}\"",
                        target.directory().path(),
                        refused.getMessage());
            } finally {
                around.loop().post(this::over);
            }
        });
    }

    private void dispose(@Nullable FutureReplica copy, @Nullable Found here) {
        if (copy != null && ending == Ending.LEFT) {
            copy.log().close();
        } else if (copy != null) {
            copy.log().delete();
        } else if (here != null && ending != Ending.LEFT) {
            target.directory().dropFuture(here);
        }
    }

    private void over() {
        isOver = true;
        hosted.move = null;
        around.moves().onOver(this);
        List.copyOf(whenEnded).forEach(Runnable::run);
        hosted.handOverIfIdle();
    }

    private FutureReplica replica() {
        FutureReplica copy = replica;
        if (copy == null) {
            throw new IllegalStateException("a move without a copy");
        }
        return copy;
    }

    private boolean isSourceAtWork() {
        return hosted.cutOut || hosted.partition.log().isFailed();
    }

    private void step() {
        PartitionLog source = hosted.partition.log();
        PartitionLog copy = replica().log();
        if (isSourceAtWork()) {
            pause(WAIT_MS);
            return;
        }
        FollowStep need = replica().look(source);
        if (!(need instanceof FollowStep.UpToDate)) {
            cut(need, this::step);
        } else if (copy.endOffset() < source.writtenOffset()) {
            if (around.throttle().isExceeded()) {
                pause(WAIT_MS);
            } else {
                read(source, copy.endOffset());
            }
        } else {
            replica().take(source, NOTHING, around.clock().wallMs()); // the log may begin later by now
            if (copy.durableOffset() < copy.endOffset()) {
                flush(true);
            } else {
                changeOver(source, copy);
            }
        }
    }

    private void pause(long ms) {
        around.arrivals().letGo(hosted);
        later(ms, this::step);
    }

    private void read(PartitionLog source, long from) {
        LogPiece piece = new LogPiece(source.read(from, source.writtenOffset(), CHUNK_BYTES, true));
        int when = reloads;
        work(hosted.disk, piece::bring, () -> {}, () -> onRead(when, piece));
    }

    private void onRead(int when, LogPiece piece) {
        ByteBuffer bytes = piece.bytes();
        if (when != reloads || isSourceAtWork()) {
            pause(WAIT_MS);
        } else if (bytes.hasRemaining()) {
            take(bytes);
        } else if (piece.result() instanceof ReadResult.Damaged(long offset)) {
            around.moves().onDamaged(hosted, offset);
            if (hosted.partition.assignment().isReplicated()) {
                pause(WAIT_MS); // it is had again from another node
            } else {
                giveUp("the log is damaged at offset " + offset);
            }
        } else if (piece.result() instanceof ReadResult.Ready) {
            giveUp(piece.refusal());
        } else {
            pause(WAIT_MS); // other files are put in the place of these, or the disk refused
        }
    }

    private void take(ByteBuffer bytes) {
        PartitionLog source = hosted.partition.log();
        switch (replica().take(source, bytes.duplicate(), around.clock().wallMs())) {
            case FollowStep.Appended _ -> {
                around.throttle().record(bytes.remaining());
                unsyncedBytes += bytes.remaining();
                flush(unsyncedBytes >= UNSYNCED_BYTES_MAX);
            }
            // The log begins inside a batch, and the copy begins with that batch.
            case FollowStep.RestartAt restart
            when replica().log().endOffset() != restart.offset() -> cut(restart, () -> take(bytes));
            case FollowStep.Refused(ErrorKind error, String why) -> giveUp(error + " " + why);
            case FollowStep other -> giveUp("the copy does not take what was read: " + other);
        }
    }

    private void flush(boolean sync) {
        PartitionLog copy = replica().log();
        Optional<FlushJob> begun = copy.beginFlush(sync);
        if (begun.isEmpty()) {
            giveUp("the copy takes no more");
            return;
        }
        FlushJob job = begun.get();
        isOut = true;
        Runnable back = () -> {
            isOut = false;
            copy.endFlush(job);
            unsyncedBytes = sync ? 0 : unsyncedBytes;
            goOn(() -> {
                if (job.error() == ErrorKind.NONE) {
                    step();
                } else {
                    giveUp(job.errorMessage());
                }
            });
        };
        if (sync) {
            target.loop().sync(job::run, around.loop(), back);
        } else {
            target.loop().write(job::run, around.loop(), back);
        }
    }

    private void cut(FollowStep step, Runnable then) {
        PartitionLog copy = replica().log();
        Optional<TruncationJob> begun = switch (step) {
            case FollowStep.CutTo(long offset) -> copy.beginTruncation(offset);
            case FollowStep.RestartAt(long offset) -> copy.beginRestart(offset);
            case FollowStep.UpToDate _,
                    FollowStep.Appended _,
                    FollowStep.Repair _,
                    FollowStep.Salvage _,
                    FollowStep.Refused _ -> Optional.empty();
        };
        if (begun.isEmpty()) {
            giveUp("the copy can not be cut: " + step);
            return;
        }
        TruncationJob job = begun.get();
        work(target.loop(), job::run, () -> copy.endTruncation(job), () -> {
            if (job.error() == ErrorKind.NONE) {
                then.run();
            } else {
                giveUp(job.errorMessage());
            }
        });
    }

    private void changeOver(PartitionLog source, PartitionLog copy) {
        switch (lastStep.attempt(source, copy, this::changedOver)) {
            case BEGUN -> isOut = true;
            case SOON -> later(HELD_LOOK_MS, this::step);
            case LATER -> pause(WAIT_MS);
        }
    }

    private void changedOver(MoveJob job) {
        isOut = false;
        replica = null; // it is closed, or this log
        if (job.error() == ErrorKind.NONE) {
            folder = null;
            over();
        } else {
            giveUp(job.errorMessage());
        }
    }
}
