package io.millrace.log.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
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

    /// What it is that is not what was written; null when the disk refused for another reason.
    public @Nullable DamageException damage() {
        return DamageException.in(this);
    }

    /// What was tried at `path` and why it was refused, in words: of many refusals the file system's own exceptions say
    /// nothing but the path.
    public static StorageException refused(String tried, String path, IOException refusal) {
        return new StorageException(tried + " " + path + ": " + reason(path, refusal), refusal);
    }

    private static String reason(String path, IOException refusal) {
        return switch (refusal) {
            case NoSuchFileException missing -> at(path, missing) + "no such file or folder";
            case AccessDeniedException denied -> at(path, denied) + "permission denied";
            case FileAlreadyExistsException there -> at(path, there) + "there is a file of that name";
            default -> String.valueOf(refusal.getMessage());
        };
    }

    private static String at(String path, FileSystemException refusal) {
        return path.equals(refusal.getFile()) ? "" : refusal.getFile() + ": ";
    }
}
