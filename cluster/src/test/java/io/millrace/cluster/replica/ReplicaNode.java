package io.millrace.cluster.replica;

import io.millrace.broker.catalog.TopicSettings;
import io.millrace.log.FlushJob;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.RecoveryJob;
import io.millrace.log.TruncationJob;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One node of a [ReplicaWorld]: its disk, its replicas, its fetchers. Disk work and metadata wait until the world
/// says.
final class ReplicaNode implements FetcherWork {
    static final TopicId TOPIC = new TopicId(7, 7);

    final int id;
    private MemoryDisk disk;
    final ReplicaWorld world;
    final Map<Integer, Partition> partitions = new LinkedHashMap<>();
    final Map<Integer, ReplicaFetcher> fetchers = new HashMap<>();
    /// Metadata that has not arrived yet, for each partition in order.
    final ArrayDeque<Told> metadata = new ArrayDeque<>();
    final Set<Partition> dirty = new LinkedHashSet<>();
    final Map<Partition, FlushJob> flushes = new LinkedHashMap<>();
    final Map<Partition, FollowStep> cuts = new LinkedHashMap<>();
    final Map<Integer, Assignment> latest = new HashMap<>();
    final Map<Integer, LeaderSession> sessions = new HashMap<>();
    private LogDirectory directory;
    long epoch;
    boolean up;
    int nextSession = 1;

    record Told(int partition, Assignment assignment) {}

    /// The leader's side of a fetch session.
    record LeaderSession(int id, Map<TopicIdPartition, FollowPosition> asked) {}

    ReplicaNode(ReplicaWorld world, int id) {
        this.world = world;
        this.id = id;
        this.disk = freshDisk();
    }

    private MemoryDisk freshDisk() {
        MemoryDisk fresh = new MemoryDisk(world.clock);
        try {
            fresh.createFolder("/disk"); // the disk's own root is no part of what may be lost
            fresh.syncFolder("/");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return fresh;
    }

    /// The node died, and gets an empty disk.
    void wipe() {
        disk = freshDisk();
    }

    void start(long nodeEpoch) {
        epoch = nodeEpoch;
        up = true;
        directory = LogDirectory.open(
                disk, "/disk/data", new LogDirectory.Settings(id, "cluster", 100), new SeededRandomness(id));
        for (int p = 0; p < ReplicaWorld.PARTITIONS; p++) {
            PartitionLog log = directory.open(new TopicPartition("t", p), TOPIC, world.settings.log());
            log.beginFlush(true).ifPresent(job -> {
                job.run();
                log.endFlush(job);
            });
            Assignment assignment =
                    latest.getOrDefault(p, world.controllers.get(p).assignment());
            latest.put(p, assignment);
            Partition partition =
                    new Partition(log, world.context(id), assignment, directory.highWatermark(log.partition()));
            partitions.put(p, partition);
            follow(partition);
        }
    }

    void checkpoint() {
        Map<TopicPartition, Long> highWatermarks = new HashMap<>();
        partitions.values().forEach(partition -> highWatermarks.put(partition.id(), partition.highWatermark()));
        if (up) {
            directory.checkpoint(highWatermarks);
        }
    }

    void crash(SeededRandomness random) {
        up = false;
        fetchers.values().forEach(ReplicaFetcher::close);
        fetchers.clear();
        partitions.values().forEach(partition -> partition.close(ErrorKind.NOT_LEADER));
        partitions.clear();
        metadata.forEach(told -> latest.put(told.partition(), told.assignment())); // a start applies all there is
        metadata.clear();
        dirty.clear();
        flushes.clear();
        cuts.clear();
        sessions.clear();
        disk.crash(random);
    }

    void applyNext() {
        Told told = metadata.removeFirst();
        latest.put(told.partition(), told.assignment());
        Partition partition = partitions.get(told.partition());
        if (!cuts.containsKey(partition)) {
            assign(partition, told.assignment());
        }
    }

    private void assign(Partition partition, Assignment next) {
        partition.assign(next);
        fetchers.values().forEach(fetcher -> fetcher.remove(partition));
        follow(partition);
    }

    private void follow(Partition partition) {
        int leader = partition.assignment().leader();
        if (leader >= 0 && leader != id) {
            fetchers.computeIfAbsent(
                            leader, to -> new ReplicaFetcher(world.loop, world.clock, world.link(this, to), this))
                    .add(partition);
        }
    }

    @Override
    public void flush(Partition partition) {
        dirty.add(partition);
    }

    @Override
    public void cut(Partition partition, FollowStep step) {
        cuts.put(partition, step);
    }

    @Override
    public void refused(Partition partition, ErrorKind error, String why) {}

    @Override
    public void failed(String why) {}

    /// One piece of disk work begins, or is through.
    void work(SeededRandomness random) {
        if (!flushes.isEmpty() && random.nextBoolean()) {
            Partition partition = random.pick(new ArrayList<>(flushes.keySet()));
            FlushJob job = flushes.remove(partition);
            job.run();
            partition.log().endFlush(job);
            partition.onFlushed();
            if (partition.log().unwrittenBytes() > 0) {
                dirty.add(partition);
            }
        } else if (!dirty.isEmpty()) {
            Partition partition = dirty.iterator().next();
            if (!flushes.containsKey(partition)) {
                dirty.remove(partition);
                partition.log().beginFlush(true).ifPresent(job -> flushes.put(partition, job));
            }
        } else if (!cuts.isEmpty()) {
            cutOne(cuts.keySet().iterator().next());
        }
    }

    private void cutOne(Partition partition) {
        FollowStep step = cuts.get(partition);
        Optional<TruncationJob> job = switch (step) {
            case FollowStep.CutTo(long offset) -> partition.log().beginTruncation(offset);
            case FollowStep.RestartAt(long offset) -> partition.log().beginRestart(offset);
            case FollowStep.UpToDate _,
                    FollowStep.Appended _,
                    FollowStep.Refused _,
                    FollowStep.Repair _,
                    FollowStep.Salvage _ -> throw new AssertionError(step);
        };
        job.ifPresent(cut -> {
            cut.run();
            partition.log().endTruncation(cut);
            cuts.remove(partition);
            world.onCut(this, partition);
            partition.onReloaded();
            Assignment current = latest.get(partition.id().partition());
            if (current != partition.assignment()) {
                assign(partition, current);
            }
        });
    }

    /// The disk refused, and takes bytes again.
    void failAndRecover(Partition partition) {
        if (flushes.containsKey(partition) || cuts.containsKey(partition)) {
            return;
        }
        partition.log().fail();
        partition.onStorageError();
        RecoveryJob job = partition.log().beginRecovery().orElseThrow();
        job.run();
        partition.log().endRecovery(job);
        partition.onReloaded();
    }

    TopicSettings settings() {
        return world.settings;
    }

    List<Partition> all() {
        return new ArrayList<>(partitions.values());
    }
}
