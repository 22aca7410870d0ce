package io.millrace.broker.queue.machine;

import io.millrace.broker.queue.machine.Snapshot.Fate;
import io.millrace.broker.queue.machine.Snapshot.Mark;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Snapshots as bytes: what control batches of the log carry. A version byte, then numbers of seven bits a byte, lowest
/// first; offsets count from the one before. Decoding is total.
public final class SnapshotCodec {
    private static final byte VERSION = 1;
    private static final int NUMBER_BYTES_MAX = 10;
    private static final int MARK_NUMBERS = 4;
    private static final int HEAD_NUMBERS = 5;

    private SnapshotCodec() {}

    /// The bytes, ready to be read.
    public static ByteBuffer encode(Snapshot snapshot) {
        Writer writer = new Writer(HEAD_NUMBERS
                + 2 * snapshot.settled().count()
                + MARK_NUMBERS * snapshot.marks().size());
        writer.number(snapshot.firstUnsettled());
        writer.number(snapshot.end() - snapshot.firstUnsettled());
        writer.number(snapshot.redeliveredBelow());
        encode(snapshot.settled(), snapshot.firstUnsettled(), writer);
        encode(snapshot.marks(), snapshot.firstUnsettled(), writer);
        return writer.done();
    }

    private static void encode(OffsetRanges ranges, long from, Writer writer) {
        writer.number(ranges.count());
        long before = from;
        for (int range = 0; range < ranges.count(); range++) {
            writer.number(ranges.first(range) - before);
            writer.number(ranges.last(range) - ranges.first(range));
            before = ranges.last(range);
        }
    }

    private static void encode(List<Mark> marks, long from, Writer writer) {
        writer.number(marks.size());
        long before = from;
        for (Mark mark : marks) {
            writer.number(mark.first() - before);
            writer.number(mark.last() - mark.first());
            writer.number(mark.fate().code());
            writer.number(mark.deliveryCount());
            before = mark.last();
        }
    }

    /// Nothing when the bytes are no snapshot of a version this node knows.
    public static Optional<Snapshot> decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.slice();
        try {
            if (in.get() != VERSION) {
                return Optional.empty();
            }
            Snapshot snapshot = decodeNumbers(in);
            return in.hasRemaining() ? Optional.empty() : Optional.of(snapshot);
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    private static Snapshot decodeNumbers(ByteBuffer in) {
        long firstUnsettled = number(in);
        long end = Math.addExact(firstUnsettled, number(in));
        long redeliveredBelow = number(in);
        return new Snapshot(
                firstUnsettled, end, redeliveredBelow, ranges(in, firstUnsettled), marks(in, firstUnsettled));
    }

    private static OffsetRanges ranges(ByteBuffer in, long from) {
        OffsetRanges.Builder ranges = new OffsetRanges.Builder();
        long before = from;
        for (long left = number(in); left > 0; left--) {
            long first = Math.addExact(before, number(in));
            before = Math.addExact(first, number(in));
            ranges.add(first, before);
        }
        return ranges.build();
    }

    private static List<Mark> marks(ByteBuffer in, long from) {
        List<Mark> marks = new ArrayList<>();
        long before = from;
        for (long left = number(in); left > 0; left--) {
            long first = Math.addExact(before, number(in));
            require(marks.isEmpty() || first > before);
            before = Math.addExact(first, number(in));
            Optional<Fate> fate = Fate.of(number(in));
            require(fate.isPresent());
            marks.add(new Mark(first, before, fate.orElseThrow(), Math.toIntExact(number(in))));
        }
        return marks;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("not a snapshot");
        }
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                require(value >= 0);
                return value;
            }
        }
        throw new IllegalArgumentException("a number without end");
    }

    /// Numbers into a buffer that grows.
    private static final class Writer {
        private byte[] bytes;
        private int length;

        Writer(int numbers) {
            bytes = new byte[1 + 2 * numbers];
            bytes[length++] = VERSION;
        }

        void number(long value) {
            if (length + NUMBER_BYTES_MAX > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length + NUMBER_BYTES_MAX);
            }
            long rest = value;
            while (rest > 0x7F) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        ByteBuffer done() {
            return ByteBuffer.wrap(bytes, 0, length).slice();
        }
    }
}
