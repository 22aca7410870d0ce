package io.millrace.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.kafka.common.network.TransferableChannel;

/// Takes what would go to a socket: the only way Kafka's classes write records that lie in a file.
///
/// Owned by: who encodes one message.
final class SentBytes implements TransferableChannel {
    private static final int SIZE_PREFIX_BYTES = 4;

    private final ByteBuffer bytes;

    SentBytes(int size) {
        this.bytes = ByteBuffer.allocate(size);
    }

    /// What was written, without the size in front.
    ByteBuffer frame() {
        return bytes.flip().position(SIZE_PREFIX_BYTES);
    }

    @Override
    public int write(ByteBuffer source) {
        int count = source.remaining();
        bytes.put(source);
        return count;
    }

    @Override
    public long write(ByteBuffer[] sources) {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        long count = 0;
        for (int at = offset; at < offset + length; at++) {
            count += write(sources[at]);
        }
        return count;
    }

    @Override
    public long transferFrom(FileChannel file, long position, long count) throws IOException {
        int end = bytes.limit();
        bytes.limit((int) Math.min(end, bytes.position() + count));
        int read = file.read(bytes, position);
        bytes.limit(end);
        if (read < 0) {
            throw new IOException("the metadata log's file ends at " + position);
        }
        return read;
    }

    @Override
    public boolean hasPendingWrites() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
