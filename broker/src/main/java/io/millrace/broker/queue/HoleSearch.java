package io.millrace.broker.queue;

import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.Partitions;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/// Looks for the end of a hole in a queue's or stream's log: the first offset from which on it can be read again. What
/// is jumped over may be sound, so it goes offset by offset; where the hole is longer than a batch can be, steps are a
/// small part of it, and once something can be read the place is closed in on. What lies below the log's beginning is a
/// hole, too.
///
/// Only what nobody can repair is a hole: while another replica may have what is damaged here, the log answers
/// otherwise (ADR 0017).
///
/// Owned by: the loop that reads. Used once.
public final class HoleSearch {
    /// Enough for one batch: a read gives at least that.
    private static final int PIECE_BYTES = 1;

    /// So far every offset is tried: more than one batch has. Behind it sound messages may be passed over where they
    /// are fewer than one in so many of those damaged before them.
    private static final int ONE_BY_ONE = 8_192;

    /// Whom the search tells.
    public interface Asker {
        /// @param end above the offset the search began at
        void onHole(long end);

        void onFailed(ErrorKind error);
    }

    private final Loop loop;
    private final Partitions partitions;
    private final TopicPartition partition;
    private final long from;
    private final Asker asker;
    private long end;

    private HoleSearch(Loop loop, Partitions partitions, TopicPartition partition, long from, Asker asker) {
        this.loop = loop;
        this.partitions = partitions;
        this.partition = partition;
        this.from = from;
        this.asker = asker;
    }

    /// Whether a read failed because of what is not there and will not come back.
    public static boolean isHole(ErrorKind error) {
        return error == ErrorKind.CORRUPT_MESSAGE || error == ErrorKind.OFFSET_OUT_OF_RANGE;
    }

    /// @param from an offset that could not be read
    public static void start(Loop loop, Partitions partitions, TopicPartition partition, long from, Asker asker) {
        new HoleSearch(loop, partitions, partition, from, asker).start();
    }

    private void start() {
        ask(OffsetQuery.Kind.EARLIEST, earliest -> {
            if (earliest > from) {
                asker.onHole(earliest);
            } else {
                ask(OffsetQuery.Kind.LATEST, this::step);
            }
        });
    }

    private void ask(OffsetQuery.Kind kind, LongConsumer then) {
        partitions.offset(new OffsetQuery(partition, kind, -1, -1, false), reply -> {
            if (reply.error() == ErrorKind.NONE) {
                then.accept(reply.offset());
            } else {
                asker.onFailed(reply.error());
            }
        });
    }

    private void step(long latest) {
        if (latest <= from) {
            asker.onFailed(ErrorKind.OFFSET_OUT_OF_RANGE); // the log ends before: not for us to judge
            return;
        }
        end = latest;
        stepFrom(from);
    }

    /// @param low the last offset known to be in the hole
    private void stepFrom(long low) {
        long high = Math.min(end, low + 1 + (low - from) / ONE_BY_ONE);
        if (high == end) {
            closeIn(low, end);
            return;
        }
        // not at once: a read may be answered before it returns, and there are many
        probe(high, () -> closeIn(low, high), () -> loop.post(() -> stepFrom(high)));
    }

    /// @param high can be read, or is the log's end
    private void closeIn(long low, long high) {
        if (high - low <= 1) {
            asker.onHole(high);
            return;
        }
        long middle = low + (high - low) / 2;
        probe(middle, () -> closeIn(low, middle), () -> closeIn(middle, high));
    }

    private void probe(long offset, Runnable readable, Runnable hole) {
        LogReads.pieceOf(partitions, partition, offset, PIECE_BYTES, new LogReads.Piece() {
            @Override
            public void read(ByteBuffer bytes, long highWatermark) {
                readable.run();
            }

            @Override
            public void failed(ErrorKind error) {
                if (isHole(error)) {
                    hole.run();
                } else {
                    asker.onFailed(error);
                }
            }
        });
    }
}
