package io.millrace.server.partition;

/// Whether the machine's page cache holds so many bytes the disk has not taken yet that the kernel is about to make
/// writers wait.
@FunctionalInterface
public interface DirtyPages {
    /// For machines that do not say, and tests.
    DirtyPages UNKNOWN = () -> false;

    /// Does not wait for the disk. Called a few times a second by the event loops that write.
    boolean areMany();
}
