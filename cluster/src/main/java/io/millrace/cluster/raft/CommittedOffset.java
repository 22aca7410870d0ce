package io.millrace.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// How far the metadata log was committed and on disk, in a file of its own: the engine keeps no such mark, and would
/// take a log that lost its end for a shorter one.
///
/// A mark survives the process at once, and a loss of power when it was fdatasynced, which is done for all marks of
/// some time together, by another thread: an older mark says less, and nothing wrong (ADR 0035). Two slots; the one
/// that was synced last is not touched before the other one is synced, so that a torn write leaves it. Each holds the
/// offset after the last committed record, a counter and a CRC-32C.
///
/// Owned by: the Raft thread, after the opening, but for the syncs.
final class CommittedOffset implements AutoCloseable {
    static final String NAME = "committed-offset";

    private static final int SLOT_BYTES = 512;
    private static final int PAYLOAD_BYTES = Long.BYTES * 2;
    private static final int SLOT_COUNT = 2;

    private final FileChannel channel;
    private final Consumer<Runnable> later;
    private final Object oneSync = new Object();
    private long counter;
    private long offset;
    private long writtenOffset;
    private int slot;
    private boolean isSyncDue;
    private boolean isSyncing;
    private boolean isClosed;
    private @Nullable IOException failure;

    private CommittedOffset(FileChannel channel, Found newest, Consumer<Runnable> later) {
        this.channel = channel;
        this.later = later;
        this.counter = newest.mark.counter;
        this.offset = newest.mark.offset;
        this.writtenOffset = offset;
        this.slot = other(newest.slot);
    }

    private record Mark(long counter, long offset) {}

    private record Found(Mark mark, int slot) {}

    static boolean exists(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    /// Makes the file of a log that has nothing yet.
    static void create(Path folder) throws IOException {
        byte[] slots = new byte[SLOT_BYTES * SLOT_COUNT];
        for (int slot = 0; slot < SLOT_COUNT; slot++) {
            ByteBuffer.wrap(slots, slot * SLOT_BYTES, SLOT_BYTES).put(encoded(new Mark(slot, 0)));
        }
        DurableFile.replace(folder.resolve(NAME), slots);
    }

    /// @param later runs a sync in another thread, in a while
    /// @throws IOException when neither slot is whole
    static CommittedOffset open(Path folder, Consumer<Runnable> later) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            Found newest = newest(channel, file);
            channel.force(false); // what a killed process wrote may not be on disk yet
            return new CommittedOffset(channel, newest, later);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static Found newest(FileChannel channel, Path file) throws IOException {
        Found newest = new Found(new Mark(-1, 0), 0);
        for (int at = 0; at < SLOT_COUNT; at++) {
            ByteBuffer bytes = ByteBuffer.allocate(PAYLOAD_BYTES + Integer.BYTES);
            channel.read(bytes, (long) at * SLOT_BYTES);
            bytes.flip();
            if (bytes.remaining() < PAYLOAD_BYTES + Integer.BYTES) {
                continue;
            }
            Mark mark = new Mark(bytes.getLong(), bytes.getLong());
            if (bytes.getInt() == crc(mark) && mark.counter > newest.mark.counter) {
                newest = new Found(mark, at);
            }
        }
        if (newest.mark.counter < 0) {
            throw new IOException(file + " is damaged: it cannot be told how much of the metadata log was committed");
        }
        return newest;
    }

    private static int other(int slot) {
        return SLOT_COUNT - 1 - slot;
    }

    /// The offset after the last record known to be committed and on disk.
    synchronized long offset() {
        return offset;
    }

    /// Moves the mark up; on disk some time later. A lower offset changes nothing.
    ///
    /// @throws IOException also when the last sync failed
    synchronized void advanceTo(long committed) throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (committed > offset) {
            offset = committed;
            write();
        }
    }

    /// What is synced is not written to: it comes when the other slot is free.
    private void write() throws IOException {
        if (isSyncing || offset == writtenOffset) {
            return;
        }
        counter++;
        ByteBuffer bytes = encoded(new Mark(counter, offset));
        long position = (long) slot * SLOT_BYTES;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        writtenOffset = offset;
        if (!isSyncDue) {
            isSyncDue = true;
            later.accept(this::sync);
        }
    }

    /// Called by another thread.
    private void sync() {
        synchronized (oneSync) {
            if (!beginSync()) {
                return;
            }
            IOException refused = null;
            try {
                channel.force(false);
            } catch (IOException e) {
                refused = e;
            }
            endSync(refused);
        }
    }

    private synchronized boolean beginSync() {
        isSyncing = !isClosed;
        return isSyncing;
    }

    private synchronized void endSync(@Nullable IOException refused) {
        isSyncing = false;
        isSyncDue = false;
        failure = refused;
        if (refused == null) {
            slot = other(slot);
            try {
                write();
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    private static ByteBuffer encoded(Mark mark) {
        return ByteBuffer.allocate(PAYLOAD_BYTES + Integer.BYTES)
                .putLong(mark.counter)
                .putLong(mark.offset)
                .putInt(crc(mark))
                .flip();
    }

    private static int crc(Mark mark) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(PAYLOAD_BYTES)
                .putLong(mark.counter)
                .putLong(mark.offset)
                .flip());
        return (int) crc.getValue();
    }

    /// On disk afterwards.
    @Override
    public void close() throws IOException {
        synchronized (oneSync) {
            closeNow();
        }
    }

    private synchronized void closeNow() throws IOException {
        if (!isClosed) {
            isClosed = true;
            channel.force(false);
            channel.close();
        }
    }
}
