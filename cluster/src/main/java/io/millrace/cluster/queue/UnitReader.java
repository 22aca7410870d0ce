package io.millrace.cluster.queue;

import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts units together from frames. One that came in one frame is not copied; of others, memory grows with what has
/// arrived. Long octets come in front of their unit and are gathered where they stay; the room for them is taken first,
/// and while there is none no frame is wanted.
///
/// Owned by: one end of one connection.
final class UnitReader {
    /// Without what is attached: far more than is said in a turn.
    private static final int UNIT_BYTES_MAX = 64 << 20;

    /// More than any message has.
    private static final int ATTACHED_BYTES_MAX = 640 << 20;

    private final TransitRoom room;
    private byte[] parts = {};
    private int size;
    private ArrayDeque<byte[]> attached = new ArrayDeque<>();
    /// Of those that have room and were not handed out.
    private long attachedOctets;

    /// What is attached next and has begun to arrive.
    private @Nullable Arriving arriving;

    UnitReader(TransitRoom room) {
        this.room = room;
    }

    /// Long octets of which a part has come.
    private static final class Arriving {
        private final int length;
        private byte[] octets;
        private int size;
        private boolean hasRoom;

        Arriving(int length, ByteBuffer begin) {
            this.length = length;
            this.octets = new byte[begin.remaining()];
            begin.get(octets);
            this.size = octets.length;
        }

        void grow() {
            hasRoom = true;
            octets = Arrays.copyOf(octets, length);
        }

        void append(ByteBuffer more) {
            int count = more.remaining();
            more.get(octets, size, count);
            size += count;
        }
    }

    /// Whether the next frame may come. When not, this has to be asked again: it takes the room as soon as there is
    /// some.
    boolean wantsMore() {
        Arriving next = arriving;
        if (next == null || next.hasRoom) {
            return true;
        }
        if (attachedOctets > 0) {
            room.large(next.length);
        } else if (!room.takeLarge(this, next.length)) {
            return false;
        }
        attachedOctets += next.length;
        next.grow();
        complete();
        return true;
    }

    /// A whole unit, valid as long as `frame` is, or `null` when more of it is to come. Whoever gets it gives back the
    /// room of what is attached to it.
    @Nullable
    Unit onFrame(ByteBuffer frame) throws MalformedRecord {
        if (!frame.hasRemaining()) {
            throw new MalformedRecord("an empty frame");
        }
        byte mark = frame.get();
        return switch (mark) {
            case UnitWriter.LAST -> size == 0 ? unit(frame) : gathered(frame);
            case UnitWriter.MORE -> {
                append(frame);
                yield null;
            }
            case UnitWriter.ATTACHED -> {
                attach(frame);
                yield null;
            }
            case UnitWriter.ATTACHED_MORE -> {
                attachMore(frame);
                yield null;
            }
            default -> throw new MalformedRecord("frame of kind " + mark);
        };
    }

    private Unit unit(ByteBuffer content) throws MalformedRecord {
        if (arriving != null) {
            throw new MalformedRecord("a unit before all it refers to");
        }
        Unit unit = new Unit(content, attached);
        attached = new ArrayDeque<>();
        attachedOctets -= unit.attachedOctets();
        return unit;
    }

    private Unit gathered(ByteBuffer frame) throws MalformedRecord {
        append(frame);
        ByteBuffer content = ByteBuffer.wrap(parts, 0, size);
        parts = new byte[0];
        size = 0;
        return unit(content);
    }

    private void append(ByteBuffer frame) throws MalformedRecord {
        int length = frame.remaining();
        if (length > UNIT_BYTES_MAX - size) {
            throw new MalformedRecord("a unit of more than " + UNIT_BYTES_MAX + " bytes");
        }
        if (parts.length - size < length) {
            parts = Arrays.copyOf(parts, Math.max(size + length, (int) Math.min(UNIT_BYTES_MAX, parts.length * 2L)));
        }
        frame.get(parts, size, length);
        size += length;
    }

    private void attach(ByteBuffer frame) throws MalformedRecord {
        if (arriving != null || frame.remaining() < Integer.BYTES) {
            throw new MalformedRecord("long octets begin inside others");
        }
        int length = frame.getInt();
        if (length <= Unit.INLINE_MAX || length > ATTACHED_BYTES_MAX || frame.remaining() > length) {
            throw new MalformedRecord(length + " octets attached");
        }
        arriving = new Arriving(length, frame);
        wantsMore();
    }

    private void attachMore(ByteBuffer frame) throws MalformedRecord {
        Arriving next = arriving;
        if (next == null || !next.hasRoom || frame.remaining() > next.length - next.size) {
            throw new MalformedRecord("more octets than there are to come");
        }
        next.append(frame);
        complete();
    }

    /// When all of it has come.
    private void complete() {
        Arriving next = arriving;
        if (next != null && next.size == next.length) {
            attached.add(next.octets);
            arriving = null;
        }
    }

    /// Nothing more comes: gives back the room of what was not handed out.
    void close() {
        room.leave(this);
        room.large(-attachedOctets);
        attachedOctets = 0;
    }
}
