package io.millrace.server;

import io.millrace.log.DirectoryIdentity;
import io.millrace.log.LogDirectory;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.RealDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.partition.LogDirectories;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens the node's log directories: takes their locks and learns which cluster they belong to.
///
/// Owned by: start-up.
final class NodeDisks {
    private NodeDisks() {}

    static LogDirectories open(ServerConfig config, Clock clock, Randomness randomness) {
        String clusterId = clusterId(config, new RealDisk(), randomness);
        // One for each loop that may have something to copy.
        int writeThreads = config.network().eventLoopsOn(Runtime.getRuntime().availableProcessors());
        List<LogDirectories.Disk> disks = new ArrayList<>();
        for (String path : config.storage().directories()) {
            LogDirectory directory = LogDirectory.open(
                    new RealDisk(config.storage().reserveBytes()), // one each: they may be different file systems
                    path,
                    new LogDirectory.Settings(
                            config.node().id(), clusterId, config.storage().openFilesMax()),
                    randomness);
            disks.add(new LogDirectories.Disk(
                    directory,
                    new DiskLoop(
                            clock,
                            Integer.toString(disks.size() + 1),
                            writeThreads,
                            config.storage().flushThreads(),
                            config.storage().readThreads())));
        }
        return new LogDirectories(disks);
    }

    /// The cluster as configured, else as any of the directories remembers it, else a new one; among other nodes none,
    /// which is for them to agree on.
    private static String clusterId(ServerConfig config, Disk disk, Randomness randomness) {
        if (!config.node().clusterId().isEmpty() && !config.cluster().isAmongOthers()) {
            return config.node().clusterId();
        }
        for (String path : config.storage().directories()) {
            Optional<String> remembered = remembered(disk, path);
            if (remembered.isPresent()) {
                return remembered.get();
            }
        }
        return config.cluster().isAmongOthers()
                ? ""
                : TopicId.random(randomness).toString();
    }

    private static Optional<String> remembered(Disk disk, String path) {
        try {
            return DirectoryIdentity.read(disk, path)
                    .map(DirectoryIdentity::clusterId)
                    .filter(id -> !id.isEmpty());
        } catch (IOException unreadable) {
            throw new StorageException("can not read " + path + ": " + unreadable.getMessage(), unreadable);
        }
    }
}
