package io.millrace.cli;

import io.millrace.cli.record.Outlet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Keeps what is written, up to a limit; beyond it writes fail as on a full disk or a closed pipe.
public final class MemoryOutlet implements Outlet {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int room;
    private final String failure;

    private MemoryOutlet(int room, String failure) {
        this.room = room;
        this.failure = failure;
    }

    public static MemoryOutlet endless() {
        return new MemoryOutlet(Integer.MAX_VALUE, "");
    }

    public static MemoryOutlet failingAfter(int room, String failure) {
        return new MemoryOutlet(room, failure);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        int taken = Math.min(from.remaining(), room - bytes.size());
        if (taken == 0) {
            throw new IOException(failure);
        }
        var piece = new byte[taken];
        from.get(piece);
        bytes.writeBytes(piece);
    }

    /// As soon as nothing more would be taken.
    @Override
    public boolean isAbandoned() {
        return bytes.size() == room;
    }

    public String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
