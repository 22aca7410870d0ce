package io.millrace.server;

import io.millrace.log.LogDirectory;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.partition.LogDirectories;
import java.util.ArrayList;
import java.util.List;

/// Opens the node's log directories: takes their locks and learns which cluster they belong to.
///
/// Owned by: start-up.
final class NodeDisks {
    private NodeDisks() {}

    static LogDirectories open(ServerConfig config, Randomness randomness) {
        Disk disk = new RealDisk();
        String clusterId = config.node().clusterId();
        List<LogDirectories.Disk> disks = new ArrayList<>();
        for (String path : config.storage().directories()) {
            // A new directory joins the cluster of the first one; the very first draws an id.
            String proposed = clusterId.isEmpty() ? TopicId.random(randomness).toString() : clusterId;
            LogDirectory directory = LogDirectory.open(
                    disk,
                    path,
                    new LogDirectory.Settings(
                            config.node().id(), proposed, config.storage().openFilesMax()),
                    randomness);
            clusterId = directory.clusterId();
            disks.add(new LogDirectories.Disk(
                    directory,
                    new DiskLoop(
                            Integer.toString(disks.size() + 1),
                            config.storage().flushThreads(),
                            config.storage().readThreads())));
        }
        return new LogDirectories(disks);
    }
}
