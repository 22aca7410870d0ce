package io.millrace.cli.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Writes and syncs a small file in a data folder, and takes it away again.
final class DiskLook {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int BLOCKS = 64;
    private static final int SYNC_BYTES = 4096;
    private static final int SYNCS = 50;
    private static final double FSYNC_MS_FAIR = 10;
    private static final long FREE_MIB_MIN = 1024;

    private final Path folder;

    DiskLook(Path folder) {
        this.folder = folder;
    }

    List<Diagnosis> all() {
        String what = "disk " + folder;
        try {
            Path nearest = existing(folder.toAbsolutePath().normalize());
            Path probe = Files.createTempFile(nearest, ".millrace-doctor", ".tmp");
            try (var file = FileChannel.open(probe, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
                var found = new ArrayList<Diagnosis>();
                found.add(space(what, Files.getFileStore(nearest)));
                found.add(writing(what, file));
                found.add(syncing(what, file));
                return found;
            }
        } catch (IOException refused) {
            return List.of(Diagnosis.bad(what, "can not be written: " + refused, "another folder, or its rights"));
        }
    }

    /// The folder itself or the nearest one above it: a first start makes what is missing.
    private static Path existing(Path wanted) throws IOException {
        Path at = wanted;
        while (!Files.isDirectory(at)) {
            Path above = at.getParent();
            if (above == null) {
                throw new IOException("no part of " + wanted + " exists");
            }
            at = above;
        }
        return at;
    }

    private static Diagnosis space(String what, FileStore store) throws IOException {
        long freeMib = store.getUsableSpace() >> 20;
        String found = freeMib + " MiB free, " + store.type();
        return freeMib >= FREE_MIB_MIN
                ? Diagnosis.good(what, found)
                : Diagnosis.fair(what, found, "little space: writes are refused when it is full");
    }

    private static Diagnosis writing(String what, FileChannel file) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        long startNs = System.nanoTime();
        for (int i = 0; i < BLOCKS; i++) {
            file.write(block.clear());
        }
        file.force(false);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        return Diagnosis.good(what, String.format(Locale.ROOT, "%.0f MiB/s written and synced", BLOCKS / seconds));
    }

    private static Diagnosis syncing(String what, FileChannel file) throws IOException {
        ByteBuffer page = ByteBuffer.allocateDirect(SYNC_BYTES);
        var elapsedMs = new double[SYNCS];
        for (int i = 0; i < SYNCS; i++) {
            long startNs = System.nanoTime();
            file.write(page.clear());
            file.force(false);
            elapsedMs[i] = (System.nanoTime() - startNs) / 1e6;
        }
        Arrays.sort(elapsedMs);
        double median = elapsedMs[SYNCS / 2];
        String found = String.format(Locale.ROOT, "fsync %.2f ms median, %.2f ms worst", median, elapsedMs[SYNCS - 1]);
        return median <= FSYNC_MS_FAIR
                ? Diagnosis.good(what, found)
                : Diagnosis.fair(what, found, "every durable acknowledgement waits for this; page-cache topics do not");
    }
}
