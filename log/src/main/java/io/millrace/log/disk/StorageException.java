package io.millrace.log.disk;

import org.jspecify.annotations.Nullable;

/// The disk refused: an I/O error, a full disk, a read-only folder, or damage found on read. Caught at the edges of the
/// log and turned into [io.millrace.model.ErrorKind#STORAGE_ERROR].
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public StorageException(String message) {
        super(message);
    }
}
