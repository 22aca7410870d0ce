package io.millrace.log.clean;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Keeps the cleaner's reads and writes below a rate, so that producers and consumers own the disk.
@FunctionalInterface
public interface CleanPace {
    CleanPace UNLIMITED = bytes -> {};

    /// Told after each read and write; waits as long as needed.
    void spent(long bytes);

    /// At most `bytesPerSecond` on average, in bursts of whatever is read at once.
    ///
    /// @param nanoTime a clock that only goes forward
    /// @param park waits that many nanoseconds
    static CleanPace of(long bytesPerSecond, LongSupplier nanoTime, LongConsumer park) {
        return new Metered(bytesPerSecond, nanoTime, park);
    }

    /// Lets the next bytes through when those before them have had their time. Idle time is not saved up.
    final class Metered implements CleanPace {
        private final double nanosPerByte;
        private final LongSupplier nanoTime;
        private final LongConsumer park;
        private long freeAt = Long.MIN_VALUE;

        private Metered(long bytesPerSecond, LongSupplier nanoTime, LongConsumer park) {
            this.nanosPerByte = 1e9 / bytesPerSecond;
            this.nanoTime = nanoTime;
            this.park = park;
        }

        @Override
        public void spent(long bytes) {
            long now = nanoTime.getAsLong();
            freeAt = Math.max(freeAt, now) + (long) (bytes * nanosPerByte);
            park.accept(freeAt - now);
        }
    }
}
