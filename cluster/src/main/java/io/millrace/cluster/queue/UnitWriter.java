package io.millrace.cluster.queue;

import io.millrace.cluster.metadata.RecordWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Gathers what is said in one turn into frames. Large bodies are not copied. A frame begins with an octet that says
/// whether the unit goes on in the next one, so that no frame is large, and nobody waits long behind one.
///
/// Owned by: one end of one connection.
final class UnitWriter {
    /// Enough to be cut off.
    static final int UNIT_BYTES = 256 * 1024;

    static final int FRAME_BYTES_MAX = 256 * 1024;
    static final byte LAST = 0;
    static final byte MORE = 1;

    private static final int COPIED_MAX = 4 * 1024;

    private final List<ByteBuffer> pieces = new ArrayList<>();
    private RecordWriter out = new RecordWriter();
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

    private static List<ByteBuffer> framed(List<ByteBuffer> content, byte mark) {
        List<ByteBuffer> frame = new ArrayList<>(content.size() + 1);
        frame.add(ByteBuffer.wrap(new byte[] {mark}));
        frame.addAll(content);
        return frame;
    }
}
