package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.machine.OffsetRanges;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Messages of a queue in its log, the young ones in memory too as far as there is room. A message is the queue's when
/// the high watermark has passed it; or, where the log has no other replica, as soon as it is appended. Its publisher
/// is told when the high watermark has passed it.
///
/// Invariant: what the high watermark has not passed is in memory until it is settled, for it can not be read.
///
/// Owned by: the queue's loop.
final class LogStore implements QueueStore, LogWriter.Owner, LogReads.Owner {
    private static final long LAST_WORDS_MS = 5_000;
    private static final long NOTHING_UNSAFE = Long.MAX_VALUE;

    private final TopicPartition partition;
    private final Partitions partitions;
    private final Loop loop;
    private final Owner owner;
    private final Runnable reload;
    private final BooleanSupplier roomIsShort;
    private final boolean placesEarly;
    private final QueueMemory cacheRoom;
    private final MessagesByOffset cache;
    private final LogWriter writer;
    private final LogReads reads;
    private final LogCheckpoints checkpoints;
    /// Messages from there to before `unsafeEnd` were placed and are not safe.
    private long unsafeFrom = NOTHING_UNSAFE;

    private long unsafeEnd;
    private boolean closed;
    private @Nullable Runnable onIdle;

    /// @param reload the log will hold something else than the owner was told
    /// @param cache messages that were just loaded
    /// @param unwritten how many messages came after the last checkpoint
    /// @param unsettledBytes of the messages that were loaded
    LogStore(
            TopicPartition partition,
            QueueSurroundings around,
            Owner owner,
            Runnable reload,
            MessagesByOffset cache,
            int unwritten,
            long unsettledBytes) {
        this.partition = partition;
        this.partitions = around.logs().partitions();
        this.loop = around.loop();
        this.owner = owner;
        this.reload = reload;
        this.roomIsShort = around.logs().roomIsShort();
        this.placesEarly = around.logs().placesEarly();
        this.cacheRoom = around.logs().cache();
        this.cache = cache;
        this.writer = new LogWriter(partition, loop, around.logs(), this);
        this.reads = new LogReads(partition, loop, around.logs(), this);
        this.checkpoints = new LogCheckpoints(
                partition, loop, around.clock(), around.logs(), writer, owner::snapshot, unwritten, unsettledBytes);
    }

    @Override
    public void append(Message message, Publication publication) {
        writer.add(message, publication);
    }

    /// On a short disk the next write may be refused, which shall be nothing to those who consume.
    @Override
    public boolean mayPlaceEarly() {
        return placesEarly && !cacheRoom.isFull() && !roomIsShort.getAsBoolean();
    }

    @Override
    public void onPlaced(long offset, Message message, boolean early) {
        if (early || !cacheRoom.isFull()) {
            cache.add(offset, message);
        }
        if (early) {
            unsafeFrom = Math.min(unsafeFrom, offset);
            unsafeEnd = offset + 1;
        }
        checkpoints.enqueued(message.bytes());
        owner.onPlaced(offset, message);
    }

    @Override
    public void onStored(long offset, Publication publication) {
        if (unsafeFrom != NOTHING_UNSAFE) {
            unsafeFrom = offset + 1 < unsafeEnd ? offset + 1 : NOTHING_UNSAFE;
        }
        publication.ended(Publication.End.STORED);
        idle();
    }

    /// The next life of the queue knows what the log holds.
    @Override
    public void onUprooted() {
        if (!closed) {
            reload.run();
        }
    }

    @Override
    public void onNotStored(Message message, Publication publication) {
        publication.ended(Publication.End.FAILED);
        owner.onNotStored(message);
        idle();
    }

    /// One that is asked for is delivered, and may come back: it stays while there is room for those that come.
    @Override
    public @Nullable Message find(long offset) {
        Message message = cacheRoom.isFull() && offset < unsafeFrom ? cache.remove(offset) : cache.find(offset);
        return message == null ? reads.take(offset) : message;
    }

    @Override
    public void onRead() {
        owner.onRead();
    }

    @Override
    public LongPredicate wanted() {
        return owner.wanted();
    }

    @Override
    public int onLost(long first, long end) {
        return owner.onLost(first, end);
    }

    @Override
    public void settled(long offset) {
        cache.remove(offset);
        reads.forget(offset);
        checkpoints.settled();
    }

    @Override
    public void settled(OffsetRanges offsets) {
        cache.removeAll(offsets);
        if (!offsets.isEmpty()) {
            checkpoints.settled();
        }
    }

    @Override
    public boolean mayAct() {
        return partitions.mayActFor(partition);
    }

    @Override
    public void touched() {
        checkpoints.settled();
    }

    @Override
    public void whenNoted(Publication publication) {
        checkpoints.whenNoted(publication);
    }

    @Override
    public long unsafeEnd() {
        return unsafeFrom == NOTHING_UNSAFE ? 0 : unsafeEnd;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onIdle = null;
            checkpoints.close();
            writer.close();
            reads.close();
            cache.clear();
        }
    }

    @Override
    public void closeInOrder(Runnable done) {
        Runnable lastly = () -> {
            if (!closed) {
                close();
                done.run();
            }
        };
        loop.after(LAST_WORDS_MS, lastly);
        onIdle = () -> checkpoints.close(lastly);
        idle();
    }

    /// Everything on its way has come home: then last words can be spoken.
    private void idle() {
        Runnable waiting = onIdle;
        if (waiting != null && writer.isIdle()) {
            onIdle = null;
            waiting.run();
        }
    }
}
