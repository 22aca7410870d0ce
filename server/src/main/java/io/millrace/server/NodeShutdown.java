package io.millrace.server;

import io.millrace.cluster.replica.Partition;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import io.millrace.server.partition.LogDirectories;
import io.millrace.server.partition.PartitionHost;
import io.millrace.server.partition.PartitionHosts;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes every log of a node that stops: owners let go, the disks' threads write and sync and end, the directories are
/// marked clean. In this order: a directory that is closed may be another process's at once, and nothing of ours may
/// touch it any more.
final class NodeShutdown {
    private static final Logger LOG = LoggerFactory.getLogger(NodeShutdown.class);

    private NodeShutdown() {}

    static void closeLogs(PartitionHosts hosts, LogDirectories directories) throws InterruptedException {
        directories.all().forEach(disk -> disk.directory().endSweeps());
        Map<TopicPartition, Long> highWatermarks = new ConcurrentHashMap<>();
        CountDownLatch released = new CountDownLatch(hosts.all().size());
        Queue<PartitionLog> logs = new ConcurrentLinkedQueue<>();
        for (PartitionHost host : hosts.all()) {
            host.loop().post(() -> release(host, highWatermarks, logs, released));
        }
        released.await();
        CountDownLatch closed = new CountDownLatch(logs.size());
        for (PartitionLog log : logs) {
            directories.diskOf(log.partition()).read(() -> {
                try {
                    close(log);
                } finally {
                    closed.countDown(); // also after a fault of ours: the others are waited for
                }
            });
        }
        closed.await();
        for (LogDirectories.Disk disk : directories.all()) {
            disk.loop().stop();
        }
        directories.all().forEach(disk -> close(disk.directory(), highWatermarks));
    }

    /// A disk that refuses must not keep the node from stopping: the next start recovers.
    private static void close(LogDirectory directory, Map<TopicPartition, Long> highWatermarks) {
        try {
            directory.close(partition -> highWatermarks.getOrDefault(partition, 0L));
        } catch (StorageException refused) {
            LOG.error("event=close-failed directory={} reason=\"{}\"", directory.path(), refused.getMessage(), refused);
        }
    }

    private static void release(
            PartitionHost host,
            Map<TopicPartition, Long> highWatermarks,
            Queue<PartitionLog> logs,
            CountDownLatch released) {
        var partitions = host.partitions();
        CountDownLatch left = new CountDownLatch(partitions.size());
        Runnable one = () -> {
            left.countDown();
            if (left.getCount() == 0) {
                released.countDown();
            }
        };
        if (partitions.isEmpty()) {
            released.countDown();
        }
        for (Partition partition : partitions) {
            highWatermarks.put(partition.id(), partition.highWatermark());
            host.release(partition.id(), ErrorKind.NOT_LEADER, log -> {
                logs.add(log);
                one.run();
            });
        }
    }

    private static void close(PartitionLog log) {
        try {
            log.close();
        } catch (StorageException refused) {
            LOG.error("event=close-failed partition={} reason=\"{}\"", log.partition(), refused.getMessage(), refused);
        }
    }
}
