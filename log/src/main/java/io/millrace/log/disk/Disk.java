package io.millrace.log.disk;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The port to one file system. Paths are absolute, with `/` between the names. All methods may block and may be called
/// from any thread, except that a file or folder is changed by one thread at a time.
public interface Disk {
    /// Opens a file for reading and writing; on a file system that is read-only, for reading.
    ///
    /// @throws java.nio.file.NoSuchFileException when there is none
    DiskFile open(String path) throws IOException;

    /// Opens a file for reading and writing, made empty when there is none.
    DiskFile create(String path) throws IOException;

    boolean exists(String path);

    /// Size of a file, 0 when there is none.
    long sizeOf(String path);

    /// When the file was last written, in milliseconds since the epoch; 0 when there is none.
    long modifiedMs(String path);

    /// Names inside a folder in ascending order, without `.` and `..`; empty when there is no such folder.
    List<String> list(String folder) throws IOException;

    /// Makes a folder and those above it; harmless when it exists.
    void createFolder(String path) throws IOException;

    /// Renames a file or folder in one step, replacing a file of that name.
    void rename(String from, String to) throws IOException;

    /// Removes a file or an empty folder; harmless when there is none.
    void delete(String path) throws IOException;

    /// Returns once the names made, renamed and removed in this folder survive a power cut.
    void syncFolder(String path) throws IOException;

    /// Takes the exclusive lock that the file at `path` stands for; empty when another process (or another caller in
    /// this process) holds it.
    Optional<Lock> lock(String path) throws IOException;

    /// Asked before `bytes` of records are written below `folder`: a disk keeps some room back, so that what a node
    /// notes about itself can still be written when records can not. With 0 bytes: whether records are taken at all.
    ///
    /// @throws IOException when the records would leave too little
    void claim(String folder, long bytes) throws IOException;

    /// Asked before `bytes` of notes about records are written below `folder`: they may use half of the room kept back.
    /// The other half is for what a node can not do without, its metadata first of all.
    ///
    /// @throws IOException when the notes would leave too little
    void claimNotes(String folder, long bytes) throws IOException;

    /// Whether little more is left than the room kept back, as the last claims found: who can wait should not write
    /// records now. May be asked often.
    boolean isShort();

    long totalBytes(String path) throws IOException;

    long usableBytes(String path) throws IOException;

    /// A held lock.
    interface Lock {
        void release() throws IOException;
    }
}
