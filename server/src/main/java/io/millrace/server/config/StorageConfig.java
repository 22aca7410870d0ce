package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

import java.util.List;

/// Where data lies and how the disks are used.
///
/// @param directories log directories, usually one per disk; the metadata log lies in the first
/// @param flushThreads fsyncs that may run at once on one disk
/// @param readThreads reads of cold bytes, and recoveries at start, that may run at once on one disk
/// @param openFilesMax segment files held open per directory
/// @param reserveBytes room on each disk that records do not get, so that a full disk can still note what is deleted;
///                     0 for none
/// @param checkpointMs how often recovery points and high watermarks are written
/// @param retentionCheckMs how often retention is applied (`log.retention.check.interval.ms`)
/// @param backgroundSyncMs how often page-cache topics are fsynced so that recovery stays short
/// @param cleanerBackoffMs how long the cleaner rests when there is nothing to clean (`log.cleaner.backoff.ms`)
/// @param cleanerBytesMax memory of the cleaner's offset map
/// @param cleanerBytesPerSecondMax what the cleaner may read and write per second
public record StorageConfig(
        List<String> directories,
        int flushThreads,
        int readThreads,
        int openFilesMax,
        long reserveBytes,
        long checkpointMs,
        long retentionCheckMs,
        long backgroundSyncMs,
        long cleanerBackoffMs,
        int cleanerBytesMax,
        long cleanerBytesPerSecondMax) {
    public static final StorageConfig DEFAULT = new StorageConfig(
            List.of("data"),
            16,
            4,
            10_000,
            32L * 1024 * 1024,
            60_000,
            300_000,
            30_000,
            15_000,
            16 * 1024 * 1024,
            100L * 1024 * 1024);

    public StorageConfig {
        directories = List.copyOf(directories);
        require(!directories.isEmpty(), "storage.directories must name at least one folder");
        require(
                flushThreads >= 1 && flushThreads <= 256,
                "storage.flush-threads must be 1 to 256, it is " + flushThreads);
        require(readThreads >= 1 && readThreads <= 256, "storage.read-threads must be 1 to 256, it is " + readThreads);
        require(openFilesMax >= 16, "storage.open-files-max must be at least 16, it is " + openFilesMax);
        require(reserveBytes >= 0, "storage.reserve-bytes must not be negative, it is " + reserveBytes);
        require(checkpointMs >= 100, "storage.checkpoint-ms must be at least 100, it is " + checkpointMs);
        require(retentionCheckMs >= 100, "storage.retention-check-ms must be at least 100, it is " + retentionCheckMs);
        require(backgroundSyncMs >= 100, "storage.background-sync-ms must be at least 100, it is " + backgroundSyncMs);
        require(cleanerBackoffMs >= 10, "storage.cleaner-backoff-ms must be at least 10, it is " + cleanerBackoffMs);
        require(
                cleanerBytesMax >= 1 << 20,
                "storage.cleaner-bytes-max must be at least 1 MiB, it is " + cleanerBytesMax);
        require(
                cleanerBytesPerSecondMax >= 1 << 16,
                "storage.cleaner-bytes-per-second-max must be at least 64 KiB, it is " + cleanerBytesPerSecondMax);
    }

    /// The same with other folders.
    public StorageConfig withDirectories(List<String> others) {
        return new StorageConfig(
                others,
                flushThreads,
                readThreads,
                openFilesMax,
                reserveBytes,
                checkpointMs,
                retentionCheckMs,
                backgroundSyncMs,
                cleanerBackoffMs,
                cleanerBytesMax,
                cleanerBytesPerSecondMax);
    }
}
