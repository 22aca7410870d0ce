package io.millrace.log.disk;

import io.millrace.model.Randomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a name on a [MemoryDisk] stands for. Owned by: the disk's monitor.
abstract sealed class MemoryNode permits MemoryNode.File, MemoryFolder {
    /// Bytes held, those of everything inside included.
    abstract long bytes();

    abstract void crash(Randomness randomness);

    /// A file: its bytes now, its bytes as last synced, and what was done to it since.
    static final class File extends MemoryNode {
        private static final int SECTOR_BYTES = 512;

        private sealed interface Change {
            record Write(int position, ByteBuffer bytes) implements Change {}

            record Truncate(int size) implements Change {}
        }

        private byte[] bytes = new byte[64];
        private int size;
        private byte[] durable = new byte[0];
        private final List<Change> unsynced = new ArrayList<>();
        private long modifiedMs;
        private boolean isEvicted;

        File(long nowMs) {
            this.modifiedMs = nowMs;
        }

        int size() {
            return size;
        }

        @Override
        long bytes() {
            return size;
        }

        long modifiedMs() {
            return modifiedMs;
        }

        void read(ByteBuffer target, int position, int count) {
            target.put(bytes, position, count);
        }

        void write(int position, byte[] written, long nowMs) {
            unsynced.add(new Change.Write(position, ByteBuffer.wrap(written)));
            apply(position, written, written.length);
            modifiedMs = nowMs;
        }

        void truncate(int newSize) {
            unsynced.add(new Change.Truncate(newSize));
            cut(newSize);
        }

        private void apply(int position, byte[] written, int count) {
            int end = position + count;
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
            }
            System.arraycopy(written, 0, bytes, position, count);
            size = Math.max(size, end);
        }

        private void cut(int newSize) {
            if (newSize < size) {
                Arrays.fill(bytes, newSize, size, (byte) 0);
                size = newSize;
            }
        }

        void sync() {
            durable = Arrays.copyOf(bytes, size);
            unsynced.clear();
        }

        void flipBit(int position, int bit) throws IOException {
            if (position >= size) {
                throw new IOException("no byte at " + position);
            }
            isEvicted = true;
            bytes[position] ^= (byte) (1 << bit);
            if (position < durable.length) {
                durable[position] ^= (byte) (1 << bit);
            }
        }

        /// A flipped bit comes from the medium: the page cache has to ask it each time.
        boolean isEvicted() {
            return isEvicted;
        }

        @Override
        void crash(Randomness randomness) {
            List<Change> changes = List.copyOf(unsynced);
            bytes = Arrays.copyOf(durable, Math.max(64, durable.length));
            size = durable.length;
            for (Change change : changes) {
                switch (change) {
                    case Change.Truncate truncate when randomness.nextBoolean() -> cut(truncate.size());
                    case Change.Truncate lost -> {}
                    case Change.Write write -> survive(write, randomness);
                }
            }
            sync();
        }

        /// A write is there, is not, or is there up to some byte or sector.
        private void survive(Change.Write write, Randomness randomness) {
            int length = write.bytes().capacity();
            int kept = switch (randomness.nextInt(4)) {
                case 0 -> 0;
                case 1 -> randomness.nextInt(length + 1);
                case 2 -> length / SECTOR_BYTES * SECTOR_BYTES;
                default -> length;
            };
            if (kept > 0) {
                apply(write.position(), write.bytes().array(), kept);
            }
        }
    }
}
