package io.millrace.server.partition;

import io.millrace.log.disk.StorageException;
import org.jspecify.annotations.Nullable;

/// What a disk's thread brings back to the loop that waits for it: a value, or why there is none.
///
/// Owned by: the disk's thread while it works, the loop afterwards.
final class Brought<T> {
    private @Nullable T value;
    private String refusal = "a fault of ours, told by its thread";

    interface Work<T> {
        T run();
    }

    void run(Work<T> work) {
        try {
            value = work.run();
        } catch (StorageException refused) {
            refusal = String.valueOf(refused.getMessage());
        }
    }

    @Nullable
    T value() {
        return value;
    }

    String refusal() {
        return refusal;
    }
}
