package io.millrace.kafka;

import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.codec.EncodedResponse.Piece;
import io.millrace.kafka.session.Output;
import io.millrace.log.FileSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// The server's side of a connection without a socket: responses are flattened to the bytes a client would read and
/// their file pieces released, as the server does.
public final class MemoryConnection implements Output {
    private final Deque<ByteBuffer> sent = new ArrayDeque<>();
    private Optional<String> closed = Optional.empty();
    private int resumes;
    private int mutedMs;

    @Override
    public void send(EncodedResponse response) {
        ByteBuffer bytes = flatten(response);
        if (bytes.getInt(0) != bytes.remaining() - Integer.BYTES || bytes.remaining() != response.sizeBytes()) {
            throw new IllegalStateException("size prefix " + bytes.getInt(0) + " of " + bytes.remaining() + " bytes");
        }
        sent.add(bytes);
    }

    /// All bytes of a response; releases it.
    public static ByteBuffer flatten(EncodedResponse response) {
        ByteBuffer bytes = ByteBuffer.allocate((int) response.sizeBytes());
        for (Piece piece : response.pieces()) {
            switch (piece) {
                case Piece.Bytes(ByteBuffer buffer) -> bytes.put(buffer.duplicate());
                case Piece.File(FileSlice slice) -> {
                    ByteBuffer part = bytes.slice(bytes.position(), slice.length());
                    read(slice, part);
                    bytes.position(bytes.position() + slice.length());
                }
            }
        }
        response.release();
        return bytes.flip();
    }

    private static void read(FileSlice slice, ByteBuffer part) {
        try {
            slice.file().read(part, slice.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close(String why) {
        closed = Optional.of(why);
    }

    @Override
    public void fail(String why, Throwable fault) {
        closed = Optional.of(why + ": " + fault.getMessage());
    }

    @Override
    public void mute(int forMs) {
        mutedMs = Math.max(mutedMs, forMs);
    }

    /// The longest silence that was asked for.
    public int mutedMs() {
        return mutedMs;
    }

    @Override
    public void resume() {
        resumes++;
    }

    /// The oldest response nobody has looked at, without its size prefix.
    public ByteBuffer next() {
        return sent.remove().position(Integer.BYTES).slice();
    }

    public int unread() {
        return sent.size();
    }

    /// Why the session wanted the connection closed; empty while it is open.
    public Optional<String> closed() {
        return closed;
    }

    public int resumes() {
        return resumes;
    }
}
