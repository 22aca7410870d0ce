package io.millrace.broker.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Settles messages of one queue by their offsets, whoever has them by then. It goes to the queue as messages do, and
/// counts as stored when a checkpoint says so.
///
/// Body: version 1, acknowledged and rejected, each with its count.
public final class SettleOrder {
    private static final byte VERSION = 1;

    private final long[] acknowledged;
    private final long[] rejected;

    /// Nobody writes to the arrays any more.
    public SettleOrder(long[] acknowledged, long[] rejected) {
        this.acknowledged = acknowledged;
        this.rejected = rejected;
    }

    long[] acknowledged() {
        return acknowledged;
    }

    long[] rejected() {
        return rejected;
    }

    /// @param decidedMs when it was decided: what came to the queue later is not meant
    public Message toMessage(long decidedMs) {
        ByteBuffer body = ByteBuffer.allocate(1 + bytes()).put(VERSION);
        write(body);
        return new Message(FormatId.BROKER, "", "", new byte[0], body.array(), decidedMs);
    }

    /// Nothing when the message is none of a version this node knows.
    static Optional<SettleOrder> of(Message message) {
        ByteBuffer in = ByteBuffer.wrap(message.body());
        try {
            return in.get() == VERSION ? Optional.of(read(in)) : Optional.empty();
        } catch (BufferUnderflowException _) {
            return Optional.empty();
        }
    }

    int bytes() {
        return 2 * Integer.BYTES + Long.BYTES * (acknowledged.length + rejected.length);
    }

    void write(ByteBuffer out) {
        write(acknowledged, out);
        write(rejected, out);
    }

    private static void write(long[] offsets, ByteBuffer out) {
        out.putInt(offsets.length);
        for (long offset : offsets) {
            out.putLong(offset);
        }
    }

    static SettleOrder read(ByteBuffer in) {
        return new SettleOrder(readOffsets(in), readOffsets(in));
    }

    private static long[] readOffsets(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / Long.BYTES) {
            throw new BufferUnderflowException();
        }
        long[] offsets = new long[count];
        Arrays.setAll(offsets, _ -> in.getLong());
        return offsets;
    }
}
