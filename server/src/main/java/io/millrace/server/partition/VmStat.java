package io.millrace.server.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Linux's count of dirty pages, from `/proc/vmstat`. The kernel lets writers run freely up to the middle between its
/// background and its hard threshold (`balance_dirty_pages`), then pauses them for up to 200 ms a time; "many" is half
/// of that middle, so that what a burst writes until the next look still fits below.
///
/// Owned by: one event loop.
public final class VmStat implements DirtyPages {
    private static final int BYTES_MAX = 32 << 10;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BYTES_MAX);

    private VmStat(FileChannel file) {
        this.file = file;
    }

    /// Elsewhere than on Linux the answer is [DirtyPages#UNKNOWN].
    public static DirtyPages ofThisMachine() {
        return of(Path.of("/proc/vmstat"));
    }

    static DirtyPages of(Path path) {
        try {
            return new VmStat(FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    @Override
    public boolean areMany() {
        try {
            buffer.clear();
            int length = file.read(buffer, 0);
            return length > 0 && areMany(new String(buffer.array(), 0, length, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return false;
        }
    }

    static boolean areMany(String vmstat) {
        long background = value(vmstat, "nr_dirty_background_threshold");
        long threshold = value(vmstat, "nr_dirty_threshold");
        long unwritten = value(vmstat, "nr_dirty") + value(vmstat, "nr_writeback");
        return threshold > 0 && unwritten > (background + threshold) / 4;
    }

    /// The value behind a name at the begin of a line, 0 when there is none.
    private static long value(String vmstat, String name) {
        String key = "\n" + name + " ";
        int at = vmstat.indexOf(key);
        if (at < 0) {
            return 0;
        }
        long value = 0;
        for (int i = at + key.length(); i < vmstat.length() && Character.isDigit(vmstat.charAt(i)); i++) {
            value = value * 10 + vmstat.charAt(i) - '0';
        }
        return value;
    }
}
