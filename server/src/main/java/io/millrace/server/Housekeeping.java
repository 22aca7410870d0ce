package io.millrace.server;

import io.millrace.cluster.replica.Partition;
import io.millrace.log.disk.StorageException;
import io.millrace.model.TopicPartition;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.StorageConfig;
import io.millrace.server.partition.CatalogFollower;
import io.millrace.server.partition.FullDisks;
import io.millrace.server.partition.LogDirectories;
import io.millrace.server.partition.PartitionHost;
import io.millrace.server.partition.PartitionHosts;
import io.millrace.server.partition.PartitionWalk;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a node does regularly besides serving: expire, retain, checkpoint, sync what only the page cache knows.
///
/// Each piece of work runs on the loop that owns what it touches; disk work goes to the disk's threads.
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long TICK_MS = 100;
    private static final long SWEEP_MS = 2_000;
    private static final long OPEN_AGAIN_MS = 5_000;
    private static final long LAG_LOOK_MS = 2_000;

    private final PartitionHosts hosts;
    private final LogDirectories directories;
    private final StorageConfig config;
    private final long lagMsMax;
    private final MachineClock clock;
    private final FullDisks fullDisks;
    private volatile @Nullable CatalogFollower follower;
    private volatile boolean stopped;

    Housekeeping(PartitionHosts hosts, LogDirectories directories, ServerConfig config, MachineClock clock) {
        this.hosts = hosts;
        this.directories = directories;
        this.config = config.storage();
        this.lagMsMax = config.cluster().replicaLagMsMax();
        this.clock = clock;
        this.fullDisks = new FullDisks(hosts, directories);
    }

    /// @param opening opens again what could not be opened
    void start(CatalogFollower opening) {
        follower = opening;
        for (PartitionHost host : hosts.all()) {
            every(host, TICK_MS, PartitionHost::tick);
            every(host, config.retentionCheckMs(), PartitionHost::retain);
            every(host, config.backgroundSyncMs(), PartitionHost::syncInBackground);
            every(host, lagMsMax / 2, PartitionHost::shrinkInSync);
            every(host, LAG_LOOK_MS, PartitionHost::lookAtLag);
        }
        directories.all().forEach(fullDisks::look);
        every(hosts.all().getFirst(), config.checkpointMs(), host -> checkpoint());
        every(hosts.all().getFirst(), SWEEP_MS, host -> sweep());
        every(hosts.all().getFirst(), OPEN_AGAIN_MS, host -> opening.openRefused());
    }

    private void every(PartitionHost host, long periodMs, Consumer<PartitionHost> work) {
        host.loop().after(periodMs, () -> {
            if (!stopped) {
                every(host, periodMs, work); // first: a turn that fails is not the last one
                work.accept(host);
            }
        });
    }

    /// Collects high watermarks loop by loop, then writes the checkpoints on the disks' threads.
    private void checkpoint() {
        collect(0, new HashMap<>(), highWatermarks -> {
            for (LogDirectories.Disk disk : directories.all()) {
                disk.loop().read(() -> checkpoint(disk, highWatermarks));
            }
        });
    }

    private static void checkpoint(LogDirectories.Disk disk, Map<TopicPartition, Long> highWatermarks) {
        try {
            disk.directory().checkpoint(highWatermarks);
        } catch (StorageException refused) {
            LOG.error("event=checkpoint-failed directory={}", disk.directory().path(), refused);
        }
    }

    /// Closes files nobody uses, removes files and folders whose time has come, and looks how full the disks are.
    private void sweep() {
        long nowMs = clock.wallMs();
        directories.all().forEach(disk -> {
            disk.loop().sweep(() -> disk.directory().sweep(nowMs));
            disk.loop().read(() -> fullDisks.look(disk));
        });
    }

    /// Whether every disk and every log takes writes, as of the last look. May be called from any thread.
    boolean disksTakeRecords() {
        if (!fullDisks.isEmpty()) {
            return false;
        }
        for (PartitionHost host : hosts.all()) {
            if (!host.takesRecords()) {
                return false;
            }
        }
        return true;
    }

    /// Whether nobody has to wait for room on a disk. May be called from any thread.
    boolean disksHaveRoom() {
        return !fullDisks.isAnyShort();
    }

    /// Logs that are known to be damaged. May be called from any thread.
    int damagedLogs() {
        return hosts.all().stream().mapToInt(PartitionHost::damaged).sum();
    }

    private void collect(
            int index, Map<TopicPartition, Long> highWatermarks, Consumer<Map<TopicPartition, Long>> whenAll) {
        if (index == hosts.all().size()) {
            whenAll.accept(highWatermarks);
            return;
        }
        PartitionHost host = hosts.all().get(index);
        host.loop()
                .run(() -> PartitionWalk.over(
                        host,
                        partition -> note(partition, highWatermarks),
                        () -> collect(index + 1, highWatermarks, whenAll)));
    }

    /// A missing line of the checkpoint means 0.
    private static void note(Partition partition, Map<TopicPartition, Long> highWatermarks) {
        if (partition.highWatermark() > 0) {
            highWatermarks.put(partition.id(), partition.highWatermark());
        }
    }

    void stop() throws InterruptedException {
        stopped = true;
        CatalogFollower opening = follower;
        if (opening != null) {
            opening.end();
        }
    }
}
