package io.millrace.broker.stream;

import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetQuery.Kind;
import io.millrace.model.ErrorKind;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicPartition;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A consumer's place in one partition, and what was read from there.
///
/// Owned by: the consumer's loop.
final class StreamCursor implements StreamReads.Taker {
    private static final long RETRY_MS = 50;
    private static final long RETRY_MS_MAX = 2_000;
    /// So often it is tried to find the first place before the consumer is refused: about six seconds.
    private static final int BEGIN_TRIES = 8;

    /// Whose place it is.
    interface Owner {
        /// Whether the stream was deleted.
        boolean isGone();

        /// There is something to take.
        void onFull(StreamCursor cursor);

        /// It can not be read, and is tried again a little later.
        void onTrouble(StreamCursor cursor);

        /// Nothing is here and nothing is read: [#read] goes on.
        void onIdle(StreamCursor cursor);

        /// The stream was deleted.
        void onGone();
    }

    /// Hears whether a first place was found.
    @FunctionalInterface
    interface Begun {
        void begun(boolean isFound);
    }

    private final TopicPartition partition;
    private final boolean showsPartition;
    private final StreamSurroundings around;
    private final StreamReads reads;
    private final Owner owner;
    private long next;
    /// Where the partition ended when it was last looked at.
    private long end;

    private @Nullable StreamPiece piece;
    private int at;
    private StreamReads.@Nullable Place reading;
    private long retryMs = RETRY_MS;
    private boolean closed;

    StreamCursor(
            TopicPartition partition,
            boolean showsPartition,
            StreamSurroundings around,
            StreamReads reads,
            Owner owner) {
        this.partition = partition;
        this.showsPartition = showsPartition;
        this.around = around;
        this.reads = reads;
        this.owner = owner;
    }

    // --- the first place

    void begin(StreamStart start, Begun begun) {
        switch (start) {
            case StreamStart.First _ -> ask(Kind.EARLIEST, begun, first -> found(first, begun));
            case StreamStart.Next _ -> ask(Kind.LATEST, begun, end -> found(end, begun));
            case StreamStart.Last _ -> within(begun, (first, end) -> found(Math.max(first, end - 1), begun));
            case StreamStart.At(long offset) ->
                within(begun, (first, end) -> found(Math.clamp(offset, first, Math.max(first, end)), begun));
            case StreamStart.Since(long timestampMs) -> since(timestampMs, begun);
        }
    }

    private void found(long offset, Begun begun) {
        next = offset;
        end = Long.MAX_VALUE; // not known yet
        begun.begun(true);
    }

    private void since(long timestampMs, Begun begun) {
        ask(Kind.AT_TIMESTAMP, timestampMs, BEGIN_TRIES, begun, offset -> {
            if (offset >= 0) {
                found(offset, begun);
            } else {
                begin(new StreamStart.Next(), begun);
            }
        });
    }

    private interface Bounds {
        void between(long first, long end);
    }

    private void within(Begun begun, Bounds bounds) {
        ask(Kind.EARLIEST, begun, first -> ask(Kind.LATEST, begun, end -> bounds.between(first, end)));
    }

    private void ask(Kind kind, Begun begun, LongConsumer then) {
        ask(kind, -1, BEGIN_TRIES, begun, then);
    }

    private void ask(Kind kind, long timestampMs, int tries, Begun begun, LongConsumer then) {
        around.partitions().offset(new OffsetQuery(partition, kind, timestampMs, -1, true), reply -> {
            if (closed) {
                return;
            }
            if (reply.error() == ErrorKind.NONE) {
                retryMs = RETRY_MS;
                then.accept(reply.offset());
            } else if (tries == 1 || owner.isGone()) {
                begun.begun(false);
            } else {
                later(() -> ask(kind, timestampMs, tries - 1, begun, then));
            }
        });
    }

    private void later(Runnable again) {
        around.loop().after(retryMs, () -> {
            if (!closed) {
                again.run();
            }
        });
        retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
    }

    // --- reading

    /// Reads from the place on. Called while nothing is here and nothing is read.
    void read() {
        StreamReads.Place place = new StreamReads.Place(partition, next, showsPartition);
        reading = place;
        reads.read(place, this);
    }

    @Override
    public void onPiece(StreamPiece read) {
        reading = null;
        retryMs = RETRY_MS;
        end = read.end();
        if (closed) {
            read.release();
        } else if (read.count() == 0) {
            next = Math.max(next, read.next());
            read.release();
            goOn();
        } else {
            piece = read;
            at = 0;
            owner.onFull(this);
        }
    }

    @Override
    public void onFailure(ErrorKind error) {
        reading = null;
        if (closed) {
            return;
        }
        owner.onTrouble(this);
        if (error == ErrorKind.OFFSET_OUT_OF_RANGE) {
            begin(new StreamStart.At(next), _ -> later(this::goOn));
        } else {
            later(this::goOn);
        }
    }

    private void goOn() {
        if (owner.isGone()) {
            owner.onGone();
        } else {
            owner.onIdle(this);
        }
    }

    boolean isFull() {
        return piece != null;
    }

    /// Whether a read is likely to bring something now, as far as is known.
    boolean isBehind() {
        return next < end;
    }

    /// The next message, and behind it the place. Called while there is one.
    StreamMessage take() {
        StreamPiece full = piece;
        if (full == null) {
            throw new InvariantViolation("nothing was read of " + partition);
        }
        StreamMessage message = full.get(at++);
        next = message.offset() + 1;
        if (at == full.count()) {
            next = full.next();
            drop();
        }
        return message;
    }

    /// Lets go of what was read and not taken: it can be read again.
    void drop() {
        StreamPiece full = piece;
        if (full != null) {
            piece = null;
            full.release();
        }
    }

    void close() {
        closed = true;
        drop();
        StreamReads.Place place = reading;
        if (place != null) {
            reading = null;
            reads.leave(place, this);
        }
    }
}
