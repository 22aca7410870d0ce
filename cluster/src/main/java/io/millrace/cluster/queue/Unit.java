package io.millrace.cluster.queue;

import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// What was said in one turn: orders or notices, and apart from them the long octets they refer to.
///
/// Owned by: one end of one connection.
final class Unit {
    /// Octets that are longer travel in frames of their own, in front of the unit. Part of what is spoken: they are
    /// looked for there.
    static final int INLINE_MAX = 64 * 1024;

    private final RecordReader in;
    private final ArrayDeque<byte[]> attached;
    private final long attachedOctets;

    /// @param content valid as long as the frame is that it came in
    /// @param attached in the order in which they are referred to
    Unit(ByteBuffer content, ArrayDeque<byte[]> attached) {
        this.in = new RecordReader(content);
        this.attached = attached;
        this.attachedOctets =
                attached.stream().mapToLong(octets -> octets.length).sum();
    }

    /// For everything but long octets.
    RecordReader in() {
        return in;
    }

    byte[] octets() throws MalformedRecord {
        int length = in.readUnsigned();
        if (length > INLINE_MAX) {
            byte[] apart = attached.poll();
            if (apart == null || apart.length != length) {
                throw new MalformedRecord(length + " octets that did not come");
            }
            return apart;
        }
        return in.readBytes(length);
    }

    /// Of everything that came with it.
    long attachedOctets() {
        return attachedOctets;
    }

    boolean hasMore() {
        return in.remaining() > 0;
    }

    /// Of so many octets, how many came apart.
    static int attached(byte[] octets) {
        return octets.length > INLINE_MAX ? octets.length : 0;
    }
}
