package io.millrace.cli.record;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// Cuts a stream of bytes at its line ends. Bytes stay bytes: what is in a line need not be text. A carriage return
/// before the line end is kept, as kcat does.
final class Lines {
    private static final int CHUNK = 64 * 1024;

    private final InputStream in;
    private final int lineBytesMax;
    private byte[] buffer = new byte[CHUNK];
    private int start;
    private int end;

    Lines(InputStream in, int lineBytesMax) {
        this.in = in;
        this.lineBytesMax = lineBytesMax;
    }

    /// The next line without its end; empty at the end of the stream. A last line needs no line end.
    Optional<byte[]> next() throws IOException {
        int searched = start;
        while (true) {
            for (int i = searched; i < end; i++) {
                if (buffer[i] == '\n') {
                    byte[] line = Arrays.copyOfRange(buffer, start, i);
                    start = i + 1;
                    return Optional.of(line);
                }
            }
            int scanned = end - start;
            if (!fill()) {
                return last();
            }
            searched = start + scanned;
        }
    }

    private Optional<byte[]> last() {
        if (start == end) {
            return Optional.empty();
        }
        byte[] line = Arrays.copyOfRange(buffer, start, end);
        start = end;
        return Optional.of(line);
    }

    private boolean fill() throws IOException {
        int held = end - start;
        if (held > lineBytesMax) {
            throw new CommandFailure(
                    ExitCode.FAILED, "A line is longer than " + lineBytesMax + " bytes (--line-bytes-max)");
        }
        if (end == buffer.length) {
            byte[] target = held > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
            System.arraycopy(buffer, start, target, 0, held);
            buffer = target;
            start = 0;
            end = held;
        }
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            return false;
        }
        end += read;
        return true;
    }
}
