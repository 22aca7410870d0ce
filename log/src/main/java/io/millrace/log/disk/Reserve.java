package io.millrace.log.disk;

import java.io.File;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/// The room on a file system that records do not get: checkpoints, and the metadata that says a topic is deleted, must
/// find some when the disk is full, or it would stay full.
///
/// Thread-safe. The file system is asked when a sixteenth of the reserve was claimed since the last time; what several
/// threads claim in that moment is not seen, so the reserve is a distance kept and not a promise to the byte. A disk
/// that was full, or was not looked at yet, counts as full until a quarter more than the reserve is free: writers do
/// not come and go, and a restart changes nothing. Before it is full it is short: publishers who can be made to wait
/// are, so that what they have under way still finds room. Notes about records may use half of the reserve.
final class Reserve {
    private static final long KIB = 1024;
    /// How often the file system is asked while the reserve would be claimed once.
    private static final int LOOKS = 16;

    private final long bytes;
    private final AtomicLong claimedSinceLook;
    private volatile boolean full = true;
    private volatile boolean scarce;

    /// @param bytes how much is kept back, 0 for nothing
    Reserve(long bytes) {
        this.bytes = bytes;
        this.claimedSinceLook = new AtomicLong();
    }

    void claim(String folder, long wanted) throws IOException {
        if (bytes > 0) {
            long claimed = claimedSinceLook.addAndGet(wanted);
            if (wanted == 0 || full || claimed > bytes / LOOKS) {
                long left = look(folder, wanted);
                if (full) {
                    throw refusal("records", folder, left + wanted);
                }
            }
        }
    }

    void claimNotes(String folder, long wanted) throws IOException {
        if (bytes > 0) {
            long claimed = claimedSinceLook.addAndGet(wanted);
            if (full || claimed > bytes / LOOKS) {
                long left = look(folder, wanted);
                if (left < bytes / 2) {
                    throw refusal("notes", folder, left + wanted);
                }
            }
        }
    }

    /// Whether less than a quarter more than the reserve was left at the last look, and not yet half more again.
    boolean isShort() {
        return scarce;
    }

    private long look(String folder, long wanted) {
        long left = new File(folder).getUsableSpace() - wanted;
        claimedSinceLook.set(wanted);
        full = left < (full ? bytes + bytes / 4 : bytes);
        scarce = full || left < (scarce ? bytes + bytes / 2 : bytes + bytes / 4);
        return left;
    }

    private IOException refusal(String what, String folder, long free) {
        return new IOException("No space left for " + what + " in " + folder + ": " + free / KIB + " KiB are free, and "
                + bytes / KIB + " KiB are kept back (storage.reserve-bytes)");
    }
}
