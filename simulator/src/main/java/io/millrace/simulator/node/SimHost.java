package io.millrace.simulator.node;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.FollowStep;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReplicaContext;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import io.millrace.simulator.check.Batches;
import io.millrace.simulator.disk.SimDiskLoop;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The replicas one node hosts, brought in line with what its catalog says.
///
/// Owned by: the data loop of its node.
final class SimHost {
    private static final int CLOSE_RETRY_MS = 3;
    private static final int READ_BYTES_MAX = 1 << 16;

    private final World world;
    private final SimLoop loop;
    private final SimDiskLoop disk;
    private final int nodeId;
    private final LogDirectory directory;
    private final ReplicaContext context;
    private final Sabotage sabotage;
    private final HostWork work;
    private final FollowerSide followers;
    private final Map<TopicPartition, Long> checkpointedHighWatermarks;
    private boolean isClosed;
    private final TreeMap<String, Hosted> replicas = new TreeMap<>();
    private final Map<TopicIdPartition, Hosted> byKey = new HashMap<>();

    SimHost(
            World world,
            SimLoop loop,
            SimDiskLoop disk,
            LogDirectory directory,
            ReplicaContext context,
            FollowerSide.Links links,
            Sabotage sabotage) {
        this.world = world;
        this.loop = loop;
        this.disk = disk;
        this.nodeId = context.nodeId();
        this.directory = directory;
        this.context = context;
        this.sabotage = sabotage;
        this.checkpointedHighWatermarks = directory.highWatermarks();
        this.work = new HostWork(world, loop, disk, context.clock(), this::onCutDone);
        this.followers = new FollowerSide(world, loop, context.clock(), links, this);
    }

    HostWork work() {
        return work;
    }

    Collection<Hosted> all() {
        return replicas.values();
    }

    @Nullable
    Hosted find(TopicPartition id) {
        return isClosed ? null : replicas.get(id.toString());
    }

    @Nullable
    Hosted find(TopicIdPartition key) {
        return isClosed ? null : byKey.get(key);
    }

    /// Opens, assigns and lets go so that what is here is what the catalog says.
    void follow(Catalog catalog) {
        if (isClosed) {
            return;
        }
        TreeMap<String, Hosted> gone = new TreeMap<>(replicas);
        for (TopicView topic : catalog.topics()) {
            for (PartitionView view : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), view.index());
                Hosted hosted = replicas.get(id.toString());
                boolean isHere = view.replicas().contains(nodeId);
                if (isHere && hosted == null) {
                    open(id, topic, view);
                } else if (isHere && hosted != null && isOf(topic, hosted)) {
                    gone.remove(id.toString());
                    assign(hosted, Assignment.of(view, topic.settings()));
                }
            }
        }
        gone.forEach((id, hosted) -> letGo(id, hosted, catalog));
    }

    private static boolean isOf(TopicView topic, Hosted hosted) {
        return hosted.partition.key().topicId().equals(topic.id());
    }

    private void open(TopicPartition id, TopicView topic, PartitionView view) {
        PartitionLog log;
        try {
            log = directory.open(id, topic.id(), topic.settings().log());
        } catch (StorageException busy) {
            world.note("%s: can not open %s: %s", loop, id, String.valueOf(busy.getMessage()));
            giveUpIfDamaged(id, topic, view, busy);
            return; // its folder is on its way out, or the disk refuses: asked again with the next tick
        }
        if (log.durableOffset() < log.endOffset()) {
            log.beginFlush(true).ifPresent(job -> {
                job.run();
                log.endFlush(job);
            });
        }
        long checkpointed = checkpointedHighWatermarks.getOrDefault(id, 0L);
        Assignment assignment = Assignment.of(view, topic.settings());
        Hosted hosted = new Hosted(new Partition(log, context, assignment, checkpointed));
        world.note(
                "%s: opened %s, %d..%d, high watermark %d, %s",
                loop, id, log.startOffset(), log.endOffset(), hosted.partition.highWatermark(), role(assignment));
        replicas.put(id.toString(), hosted);
        byKey.put(hosted.partition.key(), hosted);
        if (log.isFailed()) {
            work.recoverLater(hosted);
        }
        followers.assigned(hosted, assignment);
    }

    private void giveUpIfDamaged(TopicPartition id, TopicView topic, PartitionView view, StorageException refusal) {
        DamageException damage = refusal.damage();
        if (damage == null) {
            return;
        }
        boolean isCountedOn =
                view.isr().contains(nodeId) || view.eligibleLeaderReplicas().contains(nodeId);
        if (isCountedOn || view.leader() < 0 || view.leader() == nodeId) {
            context.proposals().giveUp(new TopicIdPartition(topic.id(), view.index()), _ -> {});
            return;
        }
        try {
            directory.giveUpDamaged(id, damage, topic.settings().log().compact());
            world.note("%s: repairs %s from %d on", loop, id, damage.trustedOffset());
        } catch (StorageException why) {
            world.note("%s: can not repair %s: %s", loop, id, String.valueOf(why.getMessage()));
        }
    }

    /// Somebody read `offset` and found something else than was written.
    void onDamaged(Hosted hosted, long offset) {
        if (!hosted.isReleased() && hosted.partition.onDamaged(offset)) {
            world.note("%s: %s is damaged at %d", loop, hosted.partition.id(), offset);
            repairIfDue(hosted);
        }
    }

    private void repairIfDue(Hosted hosted) {
        FollowStep step = sabotage == Sabotage.HASTY_REPAIR && hosted.partition.isDamaged()
                ? new FollowStep.Repair(hosted.partition.log().startOffset())
                : hosted.partition.repair();
        if (step != null && hosted.cutLater == null && !hosted.reloadOut) {
            world.note("%s: repairs %s: %s", loop, hosted.partition.id(), step);
            work.cut(hosted, step);
        }
    }

    /// Reads everything that is here, as somebody does sooner or later.
    void readThrough() {
        for (Hosted hosted : List.copyOf(replicas.values())) {
            PartitionLog log = hosted.partition.log();
            long[] damagedAt = {-1};
            long from = log.startOffset();
            while (from < log.writtenOffset() && damagedAt[0] < 0) {
                ByteBuffer bytes = Reading.bytes(
                        log.read(from, log.writtenOffset(), READ_BYTES_MAX, true), at -> damagedAt[0] = at);
                if (bytes == null || !bytes.hasRemaining()) {
                    break; // its files are about to change
                }
                from = Batches.parse(bytes).getLast().nextOffset();
            }
            if (damagedAt[0] >= 0) {
                onDamaged(hosted, damagedAt[0]);
            }
        }
    }

    private String role(Assignment assignment) {
        return (assignment.leader() == nodeId ? "leads" : "follows " + assignment.leader()) + " epoch "
                + assignment.leaderEpoch() + " isr " + assignment.isr();
    }

    private void assign(Hosted hosted, Assignment next) {
        if (hosted.partition.assignment().equals(next)) {
            return;
        }
        if (hosted.reloadOut) {
            hosted.assignLater = next;
            return;
        }
        Assignment before = hosted.partition.assignment();
        boolean isNewEpoch = before.leaderEpoch() != next.leaderEpoch() || before.leader() != next.leader();
        if (isNewEpoch) {
            hosted.cutLater = null;
        }
        hosted.partition.assign(next);
        if (isNewEpoch || !before.isr().equals(next.isr())) {
            world.note(
                    "%s: %s ends at %d, high watermark %d, %s",
                    loop,
                    hosted.partition.id(),
                    hosted.partition.log().endOffset(),
                    hosted.partition.highWatermark(),
                    role(next));
        }
        if (isNewEpoch) {
            followers.assigned(hosted, next);
        }
        repairIfDue(hosted);
    }

    private void onCutDone(Hosted hosted) {
        Assignment next = hosted.assignLater;
        hosted.assignLater = null;
        if (next != null && !hosted.isReleased()) {
            assign(hosted, next);
        }
    }

    private void letGo(String id, Hosted hosted, Catalog catalog) {
        world.note("%s: lets go of %s", loop, id);
        replicas.remove(id);
        byKey.remove(hosted.partition.key());
        followers.forget(hosted);
        TopicId topicId = hosted.partition.key().topicId();
        boolean isDeleted = catalog.topic(topicId).isEmpty();
        hosted.releaseTo(log -> disk.run(
                () -> {
                    try {
                        log.delete();
                    } catch (StorageException refused) {
                        world.note("%s: can not delete %s: %s", loop, id, String.valueOf(refused.getMessage()));
                    }
                },
                loop,
                () -> {}));
        hosted.partition.close(isDeleted ? ErrorKind.UNKNOWN_TOPIC_OR_PARTITION : ErrorKind.NOT_LEADER);
        hosted.handOverIfIdle();
    }

    /// Takes nothing any more, waits for the jobs that are out, closes every log and the directory. When the disk
    /// refuses the next start recovers.
    void close(Runnable closed) {
        if (!isClosed) {
            isClosed = true;
            replicas.values().forEach(hosted -> {
                followers.forget(hosted);
                hosted.partition.close(ErrorKind.NOT_LEADER);
            });
        }
        if (replicas.values().stream().allMatch(Hosted::isIdle)) {
            closeDirectory();
            closed.run();
        } else {
            loop.after(CLOSE_RETRY_MS, () -> close(closed));
        }
    }

    private void closeDirectory() {
        try {
            replicas.values().forEach(hosted -> hosted.partition.log().close());
            directory.close(id -> {
                Hosted hosted = replicas.get(id.toString());
                return hosted == null ? 0L : hosted.partition.highWatermark();
            });
        } catch (StorageException refused) {
            world.note("%s: can not close in order: %s", loop, String.valueOf(refused.getMessage()));
        }
    }

    /// What time alone asks for.
    void tick() {
        if (isClosed) {
            return;
        }
        for (Hosted hosted : List.copyOf(replicas.values())) {
            hosted.partition.tick();
            hosted.partition.shrinkInSync();
            repairIfDue(hosted);
        }
    }

    void retain() {
        if (isClosed) {
            return;
        }
        for (Hosted hosted : new ArrayList<>(replicas.values())) {
            work.retain(hosted);
        }
        disk.run(() -> directory.sweep(context.clock().wallMs()), loop, () -> {});
    }

    /// Writes checkpoints, and makes durable what page-cache topics have.
    void checkpoint() {
        if (isClosed) {
            return;
        }
        Map<TopicPartition, Long> highWatermarks = new HashMap<>();
        for (Hosted hosted : replicas.values()) {
            highWatermarks.put(hosted.partition.id(), hosted.partition.highWatermark());
            if (!hosted.partition.isDurable()) {
                work.sync(hosted);
            }
        }
        disk.run(
                () -> {
                    try {
                        directory.checkpoint(highWatermarks);
                    } catch (StorageException refused) {
                        world.note("%s: checkpoint refused: %s", loop, String.valueOf(refused.getMessage()));
                    }
                },
                loop,
                () -> {});
    }
}
