package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.queue.machine.QueueMachine;
import io.millrace.broker.queue.machine.Restart;
import io.millrace.broker.queue.machine.Snapshot;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Makes a queue's machine from its log: looks for the last checkpoint backwards from the end, in growing steps, then
/// reads the messages from the first unsettled one to the high watermark, one piece per turn.
///
/// A queue that was closed in order is marked as open again before anything is delivered: a crash later on must not
/// pass for an orderly end.
///
/// Owned by: the queue's loop. Used once.
final class LogLoader {
    private static final int PIECE_BYTES = 1024 * 1024;
    private static final long FIRST_STEP = 256;
    private static final int STEP_GROWTH = 16;
    private static final long RETRY_MS = 10;
    private static final long RETRY_MS_MAX = 1_000;
    /// How long a disk may refuse before those who wait for the queue are told.
    private static final long REFUSED_MS_MAX = 30_000;

    private final TopicPartition partition;
    private final QueueView queue;
    private final long transientSinceMs;
    private final QueueSurroundings around;
    private final Consumer<LogLoader> onLoaded;
    private final Runnable onFailed;
    private final BooleanSupplier isHere;
    private final MessagesByOffset cache;
    private final Duplicates duplicates;
    private long start;
    private long end;
    private long checkpointEnd = -1;
    private @Nullable Checkpoint checkpoint;
    private @Nullable QueueMachine machine;
    private int unwritten;
    private long unsettledBytes;
    private long retryMs = RETRY_MS;
    private long refusedMs;
    private boolean cancelled;

    /// @param transientSinceMs messages that are not to outlive a restart are passed over when they are older
    /// @param isHere whether the queue is this node's to load, as things are now
    /// @param onFailed it is not, or its disk refuses; or, later, the log holds something else than what the queue was
    ///     told
    LogLoader(
            QueueView queue,
            Home.OnLog log,
            long transientSinceMs,
            QueueSurroundings around,
            BooleanSupplier isHere,
            Consumer<LogLoader> onLoaded,
            Runnable onFailed) {
        this.partition = new TopicPartition(log.topic(), 0);
        this.queue = queue;
        this.transientSinceMs = transientSinceMs;
        this.around = around;
        this.isHere = isHere;
        this.onLoaded = onLoaded;
        this.onFailed = onFailed;
        this.cache = new MessagesByOffset(around.logs().cache());
        this.duplicates = Duplicates.of(queue, around);
    }

    /// What was loaded.
    QueueMachine machine() {
        QueueMachine loaded = machine;
        if (loaded == null) {
            throw new InvariantViolation("nothing is loaded of " + partition);
        }
        return loaded;
    }

    /// Goes on where loading ended.
    QueueStore store(QueueStore.Owner owner) {
        return new LogStore(partition, around, owner, onFailed, cache, unwritten, unsettledBytes);
    }

    /// Of what was loaded.
    Duplicates duplicates() {
        return duplicates;
    }

    void cancel() {
        cancelled = true;
        cache.clear();
        duplicates.close();
    }

    /// A new leader says LATEST only when it knows everything that was committed before it.
    void start() {
        ask(OffsetQuery.Kind.LATEST, latest -> {
            end = latest;
            ask(OffsetQuery.Kind.EARLIEST, earliest -> {
                start = Math.max(earliest, 0);
                look(end, FIRST_STEP);
            });
        });
    }

    private void ask(OffsetQuery.Kind kind, Consumer<Long> then) {
        around.logs().partitions().offset(new OffsetQuery(partition, kind, -1, -1, false), (OffsetReply reply) -> {
            if (cancelled) {
                return;
            }
            if (reply.error() == ErrorKind.NONE) {
                then.accept(reply.offset());
            } else {
                retry(reply.error(), this::start);
            }
        });
    }

    /// A log that is on its way here is waited for as long as the catalog says that it is led here.
    private void retry(ErrorKind error, Runnable again) {
        boolean isOnItsWay = error == ErrorKind.NOT_LEADER || error == ErrorKind.UNKNOWN_TOPIC_OR_PARTITION;
        refusedMs += isOnItsWay ? 0 : retryMs;
        if (refusedMs > REFUSED_MS_MAX || !isHere.getAsBoolean()) {
            cancel();
            onFailed.run();
            return;
        }
        around.loop().after(retryMs, () -> {
            if (!cancelled) {
                again.run();
            }
        });
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
    }

    // --- the last checkpoint

    /// @param lookedFrom everything from there on was looked at
    private void look(long lookedFrom, long step) {
        long from = Math.max(start, end - step);
        if (from >= lookedFrom) {
            restore();
            return;
        }
        look(from, lookedFrom, () -> {
            if (checkpoint == null && from > start) {
                look(from, step * STEP_GROWTH);
            } else {
                restore();
            }
        });
    }

    private void look(long from, long to, Runnable then) {
        LongConsumer on = next -> {
            if (next >= to || next == from) {
                then.run();
            } else {
                around.loop().post(() -> look(next, to, then));
            }
        };
        Consumer<ByteBuffer> onBytes =
                bytes -> on.accept(around.logs().codec().decodeCheckpoints(bytes, from, (after, found) -> {
                    checkpoint = found;
                    checkpointEnd = after;
                }));
        read(from, onBytes, on);
    }

    /// @param onHole takes the offset from which on the log can be read again
    private void read(long from, Consumer<ByteBuffer> then, LongConsumer onHole) {
        if (cancelled) {
            return;
        }
        LogReads.pieceOf(around.logs().partitions(), partition, from, PIECE_BYTES, new LogReads.Piece() {
            @Override
            public void read(ByteBuffer bytes, long highWatermark) {
                if (!cancelled) {
                    then.accept(bytes);
                }
            }

            @Override
            public void failed(ErrorKind error) {
                if (cancelled) {
                    return;
                }
                Runnable again = () -> LogLoader.this.read(from, then, onHole);
                if (HoleSearch.isHole(error)) {
                    skip(from, onHole, again);
                } else {
                    retry(error, again);
                }
            }
        });
    }

    private void skip(long from, LongConsumer onHole, Runnable again) {
        HoleSearch.start(around.loop(), around.logs().partitions(), partition, from, new HoleSearch.Asker() {
            @Override
            public void onHole(long end) {
                if (!cancelled) {
                    onHole.accept(end);
                }
            }

            @Override
            public void onFailed(ErrorKind error) {
                if (!cancelled) {
                    retry(error, again);
                }
            }
        });
    }

    // --- the messages

    private void restore() {
        Checkpoint last = checkpoint;
        Snapshot snapshot = last == null ? Snapshot.startingAt(start) : last.snapshot();
        boolean isClean = end == start && last == null || last != null && last.isClosing() && checkpointEnd == end;
        QueueMachine restored = QueueMachine.restore(
                QueueArguments.settings(queue), snapshot, isClean ? Restart.CLEAN : Restart.CRASHED);
        machine = restored;
        replay(restored, snapshot, Math.max(start, snapshot.firstUnsettled()), isClean && last != null);
    }

    private void replay(QueueMachine restored, Snapshot snapshot, long from, boolean wasClosed) {
        if (from >= end) {
            loaded(restored, wasClosed);
            return;
        }
        LongConsumer on = next -> around.loop().post(() -> {
            if (!cancelled) {
                replay(restored, snapshot, next, wasClosed);
            }
        });
        Consumer<ByteBuffer> onBytes = bytes -> {
            long next = around.logs()
                    .codec()
                    .decode(bytes, from, (offset, message) -> enqueue(restored, snapshot, offset, message));
            if (next == from) {
                retry(ErrorKind.STORAGE_ERROR, () -> replay(restored, snapshot, from, wasClosed));
            } else {
                on.accept(next);
            }
        };
        read(from, onBytes, next -> {
            around.logs().events().lost(partition, from, Math.min(next, end), unsettled(snapshot, from, next));
            on.accept(next);
        });
    }

    /// How many messages may be missing there.
    private long unsettled(Snapshot snapshot, long from, long to) {
        long count = 0;
        for (long offset = from; offset < Math.min(to, end); offset++) {
            if (offset >= snapshot.end() || !snapshot.settled().contains(offset)) {
                count++;
            }
        }
        return count;
    }

    private void enqueue(QueueMachine restored, Snapshot snapshot, long offset, Message message) {
        if (offset >= end || isOver(message)) {
            return;
        }
        boolean isSettled = offset < snapshot.end() && snapshot.settled().contains(offset);
        if (!isSettled && !around.logs().cache().isFull()) {
            cache.add(offset, message);
        }
        if (!isSettled) {
            duplicates.loaded(offset, message);
        }
        unsettledBytes += isSettled ? 0 : message.bytes();
        if (offset >= snapshot.end()) {
            unwritten++;
        }
        restored.enqueue(offset, around.facts(queue, message), message.publishedMs());
    }

    /// What the machine is not told of counts as settled.
    private boolean isOver(Message message) {
        return message.publishedMs() < transientSinceMs
                && !around.formats().traits(message).persistent();
    }

    private void loaded(QueueMachine restored, boolean wasClosed) {
        restored.replayed(around.clock().wallMs());
        if (!wasClosed) {
            onLoaded.accept(this);
            return;
        }
        LogWriter writer = new LogWriter(partition, around.loop(), around.logs(), Unconcerned.INSTANCE);
        writer.add(new Checkpoint(restored.snapshot(), false), around.clock().wallMs(), reply -> {
            if (reply.error() != ErrorKind.NONE) {
                unwritten =
                        LogCheckpoints.ENQUEUED_MAX; // a full disk: consumers are served, it is written when it can be
            }
            if (!cancelled) {
                onLoaded.accept(this);
            }
        });
    }

    /// Nothing but a checkpoint is written while loading.
    private enum Unconcerned implements LogWriter.Owner {
        INSTANCE;

        @Override
        public boolean mayPlaceEarly() {
            return false;
        }

        @Override
        public void onPlaced(long offset, Message message, boolean early) {
            throw unexpected();
        }

        @Override
        public void onStored(long offset, Publication publication) {
            throw unexpected();
        }

        @Override
        public void onNotStored(Message message, Publication publication) {
            throw unexpected();
        }

        @Override
        public void onUprooted() {
            throw unexpected();
        }

        private static InvariantViolation unexpected() {
            return new InvariantViolation("a message is written while the queue is loaded");
        }
    }
}
