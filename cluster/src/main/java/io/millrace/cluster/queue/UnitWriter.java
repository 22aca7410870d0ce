package io.millrace.cluster.queue;

import io.millrace.cluster.metadata.RecordWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Gathers what is said in one turn into frames. Large bodies are not copied; long ones go in front, so that who gets
/// them knows how much room they need, and copies them once. A frame begins with an octet that says whether the unit
/// goes on in the next one, so that no frame is large, and nobody waits long behind one.
///
/// Owned by: one end of one connection.
final class UnitWriter {
    /// Enough to be cut off.
    static final int UNIT_BYTES = 256 * 1024;

    static final int FRAME_BYTES_MAX = 256 * 1024;
    static final byte LAST = 0;
    static final byte MORE = 1;

    /// Begins long octets, with their length in four octets.
    static final byte ATTACHED = 2;

    static final byte ATTACHED_MORE = 3;

    private static final int COPIED_MAX = 4 * 1024;

    private final List<ByteBuffer> pieces = new ArrayList<>();
    private RecordWriter out = new RecordWriter();
    private final List<byte[]> attached = new ArrayList<>();
    private long piecesBytes;

    /// For everything but long octets.
    RecordWriter out() {
        return out;
    }

    /// Octets with their length; the array is kept when it is long.
    void octets(byte[] octets) {
        if (octets.length <= COPIED_MAX) {
            out.writeBytes(octets);
            return;
        }
        out.writeUnsigned(octets.length);
        if (octets.length > Unit.INLINE_MAX) {
            attached.add(octets);
            piecesBytes += octets.length;
            return;
        }
        endPiece();
        pieces.add(ByteBuffer.wrap(octets));
        piecesBytes += octets.length;
    }

    private void endPiece() {
        if (out.size() > 0) {
            piecesBytes += out.size();
            pieces.add(out.toBuffer());
            out = new RecordWriter();
        }
    }

    long size() {
        return piecesBytes + out.size();
    }

    /// What was gathered, as frames; begins anew.
    List<List<ByteBuffer>> take() {
        endPiece();
        List<List<ByteBuffer>> frames = new ArrayList<>();
        attached.forEach(octets -> attach(octets, frames));
        attached.clear();
        List<ByteBuffer> frame = new ArrayList<>();
        int room = FRAME_BYTES_MAX;
        for (ByteBuffer piece : pieces) {
            while (piece.hasRemaining()) {
                if (room == 0) {
                    frames.add(framed(frame, MORE));
                    frame = new ArrayList<>();
                    room = FRAME_BYTES_MAX;
                }
                int length = Math.min(room, piece.remaining());
                frame.add(piece.slice(piece.position(), length));
                piece.position(piece.position() + length);
                room -= length;
            }
        }
        if (!frame.isEmpty()) {
            frames.add(framed(frame, LAST));
        }
        pieces.clear();
        piecesBytes = 0;
        return frames;
    }

    private static void attach(byte[] octets, List<List<ByteBuffer>> frames) {
        for (int from = 0; from < octets.length; from += FRAME_BYTES_MAX) {
            ByteBuffer part = ByteBuffer.wrap(octets, from, Math.min(FRAME_BYTES_MAX, octets.length - from));
            if (from == 0) {
                ByteBuffer head = ByteBuffer.allocate(1 + Integer.BYTES);
                frames.add(List.of(head.put(ATTACHED).putInt(octets.length).flip(), part));
            } else {
                frames.add(framed(List.of(part), ATTACHED_MORE));
            }
        }
    }

    private static List<ByteBuffer> framed(List<ByteBuffer> content, byte mark) {
        List<ByteBuffer> frame = new ArrayList<>(content.size() + 1);
        frame.add(ByteBuffer.wrap(new byte[] {mark}));
        frame.addAll(content);
        return frame;
    }
}
