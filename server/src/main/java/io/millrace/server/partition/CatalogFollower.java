package io.millrace.server.partition;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.controller.RaiseLeaderEpochs.Behind;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.replica.Assignment;
import io.millrace.log.LogDirectory;
import io.millrace.log.PartitionLog;
import io.millrace.log.disk.DamageException;
import io.millrace.log.disk.StorageException;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicIdPartition;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the partitions on this node in line with the catalog: opens those it has a replica of, passes on what changed
/// (who leads, who is in sync, settings), lets go of what is gone or has moved away.
///
/// Called by: start-up once, then the metadata loop, one change after the other. Opening a new partition touches no
/// file, so a change that creates thousands is quick; recovery at start runs on the disks' threads. What happens to one
/// partition happens in the catalog's order, [PartitionSteps] sees to that: a log is opened when its predecessor's
/// folder is out of the way.
public final class CatalogFollower {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogFollower.class);

    private static final long END_MS_MAX = 10_000;

    private final int nodeId;
    private final ReplicaPorts ports;
    private final PartitionHosts hosts;
    private final LogDirectories directories;
    private final PartitionSteps steps = new PartitionSteps();
    /// As [#openAll] found them, until the first change is heard; empty from then on.
    private Map<TopicId, TopicView> openedAtStart = Map.of();

    private final AtomicBoolean isReopening = new AtomicBoolean();
    private boolean isStarted;
    private volatile @Nullable Assignment lastAssignment;

    public CatalogFollower(ReplicaPorts ports, PartitionHosts hosts, LogDirectories directories) {
        this.nodeId = ports.nodeId();
        this.ports = ports;
        this.hosts = hosts;
        this.directories = directories;
    }

    /// Deletes what lies here of topics that were deleted while this node was down, as the other nodes did. Called
    /// before anything is opened.
    public void deleteGone(Predicate<TopicId> isDeleted) {
        try {
            List<LogDirectory.Found> gone = directories.deleteFound(found -> isDeleted.test(found.topicId()));
            gone.forEach(folder ->
                    LOG.info("event=deleted-meanwhile partition={} topic-id={}", folder.partition(), folder.topicId()));
        } catch (StorageException refused) {
            LOG.error("event=delete-failed reason=\"{}\"", refused.getMessage(), refused);
        }
    }

    /// Opens everything the catalog says is here, deletes what it says has moved away, and sets aside what it does not
    /// know; returns when all logs are recovered and in their owners' hands.
    ///
    /// @param topics as they were when this node registered in this life, or later
    /// @return partitions whose logs hold later epochs than the catalog: their folders came from elsewhere
    public List<Behind> openAll(Iterable<TopicView> topics) throws InterruptedException {
        deleteMoved(byName(topics));
        int count = 0;
        for (TopicView topic : topics) {
            count += topic.partitions().size();
        }
        CountDownLatch open = new CountDownLatch(count);
        Queue<Behind> behind = new ConcurrentLinkedQueue<>();
        Map<TopicId, TopicView> opened = new HashMap<>();
        for (TopicView topic : topics) {
            opened.put(topic.id(), topic);
            for (PartitionView partition : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.index());
                directories.diskOf(id).read(() -> open(topic, partition, behind::add, open::countDown));
            }
        }
        open.await();
        openedAtStart = opened;
        setStraysAside(byName(topics));
        return List.copyOf(behind);
    }

    private static Map<String, TopicView> byName(Iterable<TopicView> topics) {
        Map<String, TopicView> known = new HashMap<>();
        topics.forEach(topic -> known.put(topic.name(), topic));
        return known;
    }

    /// Replicas that went to other nodes while this one was down, deleted as they would have been had it run. Where
    /// nobody leads, what is here may be the last copy there is: it stays for as long.
    private void deleteMoved(Map<String, TopicView> known) {
        try {
            for (LogDirectory.Found moved : directories.deleteFound(found -> hasMoved(found, known))) {
                LOG.info("event=moved-meanwhile partition={} topic-id={}", moved.partition(), moved.topicId());
            }
        } catch (StorageException refused) {
            LOG.error("event=delete-failed reason=\"{}\"", refused.getMessage(), refused);
        }
    }

    private boolean hasMoved(LogDirectory.Found found, Map<String, TopicView> topics) {
        TopicView topic = topics.get(found.partition().topic());
        if (topic == null || found.topicId().isNone() || !isKnown(found, topics)) {
            return false;
        }
        PartitionView now = topic.partitions().get(found.partition().partition());
        return !isHere(now) && now.leader() >= 0;
    }

    /// Data whose metadata was lost, or that somebody put there.
    private void setStraysAside(Map<String, TopicView> known) {
        try {
            for (LogDirectory.Found stray : directories.setStraysAside(found -> isKnown(found, known))) {
                LOG.warn("event=stray-set-aside partition={} topic-id={}", stray.partition(), stray.topicId());
            }
        } catch (StorageException refused) {
            LOG.error("event=stray-stays reason=\"{}\"", refused.getMessage(), refused);
        }
        directories.dropComing(found -> isKnown(found, known) && !hasMoved(found, known));
    }

    private static boolean isKnown(LogDirectory.Found found, Map<String, TopicView> topics) {
        TopicView topic = topics.get(found.partition().topic());
        return topic != null
                && found.partition().partition() < topic.partitions().size()
                && (found.topicId().isNone() || found.topicId().equals(topic.id()));
    }

    /// The node stops: nothing is opened or let go of from now on, and what was begun is waited for.
    public void end() throws InterruptedException {
        if (!steps.end(END_MS_MAX)) {
            LOG.warn("event=partitions-under-way waited-ms={}", END_MS_MAX);
        }
    }

    /// Applies one change of the catalog. What has changed between [#openAll] and the first one heard comes with that.
    public void onChange(Catalog after, CatalogDelta delta) {
        if (!isStarted) {
            isStarted = true;
            catchUp(openedAtStart, after);
            openedAtStart = Map.of();
            return;
        }
        delta.deleted().forEach(this::letGo);
        delta.created().forEach(topic -> openFrom(topic, 0));
        delta.changed().forEach(changed -> change(changed.before(), changed.after()));
    }

    private void catchUp(Map<TopicId, TopicView> opened, Catalog now) {
        opened.values().stream()
                .filter(topic -> now.topic(topic.id()).isEmpty())
                .forEach(this::letGo);
        for (TopicView topic : now.topics()) {
            TopicView before = opened.get(topic.id());
            if (before == null) {
                openFrom(topic, 0);
            } else {
                change(before, topic);
            }
        }
    }

    private void change(TopicView before, TopicView after) {
        int known = Math.min(before.partitions().size(), after.partitions().size());
        boolean areSettingsNew = !before.settings().equals(after.settings());
        for (int i = 0; i < known; i++) {
            PartitionView was = before.partitions().get(i);
            PartitionView is = after.partitions().get(i);
            if (areSettingsNew || !was.equals(is)) {
                change(after, was, is);
            }
        }
        openFrom(after, known);
    }

    private void change(TopicView topic, PartitionView was, PartitionView is) {
        TopicPartition id = new TopicPartition(topic.name(), is.index());
        PartitionHost host = hosts.of(id);
        if (!isHere(is)) {
            if (isHere(was)) {
                steps.add(id, done -> host.loop().run(() -> letGo(id, ErrorKind.NOT_LEADER, done)));
            }
        } else if (!isHere(was)) {
            steps.add(id, done -> open(topic, is, CatalogFollower::tellBehind, done));
        } else {
            steps.add(
                    id,
                    done -> host.loop().run(() -> {
                        try {
                            directories.refused().change(id, topic, is);
                            host.change(id, assignment(topic, is));
                        } finally {
                            done.run();
                        }
                    }));
        }
    }

    private boolean isHere(PartitionView partition) {
        return partition.replicas().contains(nodeId);
    }

    private void openFrom(TopicView topic, int firstIndex) {
        List<PartitionView> partitions = topic.partitions();
        for (PartitionView partition : partitions.subList(firstIndex, partitions.size())) {
            TopicPartition id = new TopicPartition(topic.name(), partition.index());
            steps.add(id, done -> open(topic, partition, CatalogFollower::tellBehind, done));
        }
    }

    /// What is opened after the start is new, or somebody put a folder in its place meanwhile; the next start raises
    /// it.
    private static void tellBehind(Behind late) {
        LOG.error(
                "event=leader-epoch-behind topic-id={} partition={} log-epoch={}",
                late.topic(),
                late.partition(),
                late.latestEpoch());
    }

    private void open(TopicView topic, PartitionView partition, Consumer<Behind> whenBehind, Runnable done) {
        TopicPartition id = new TopicPartition(topic.name(), partition.index());
        if (!isHere(partition)) {
            done.run();
            return;
        }
        boolean isHandedOver = false;
        try {
            PartitionLog log = directories.open(
                    id,
                    topic.id(),
                    topic.settings().log(),
                    ports.disks().cordoned().get());
            Optional<LogDirectories.Coming> coming = directories.coming(id, topic.id());
            makeDurable(log);
            if (partition.leader() == nodeId && log.latestEpoch() > partition.leaderEpoch()) {
                whenBehind.accept(new Behind(topic.id(), partition.index(), log.latestEpoch()));
            }
            directories.refused().remove(id);
            long highWatermark = log.directory().highWatermark(id);
            PartitionHost host = hosts.of(id);
            host.loop().run(() -> {
                try {
                    host.take(log, directories.diskOf(id), assignment(topic, partition), highWatermark);
                    coming.ifPresent(copy -> host.moves().resume(id, directories, copy.disk(), copy.folder()));
                } finally {
                    done.run();
                }
            });
            isHandedOver = true;
        } catch (StorageException why) {
            onRefused(id, new RefusedLogs.Refused(topic, partition, why.damage()), why);
        } finally {
            if (!isHandedOver) {
                done.run(); // also after a fault of ours: start-up waits for it
            }
        }
    }

    private void onRefused(TopicPartition id, RefusedLogs.Refused refused, StorageException why) {
        if (!directories.refused().add(id, refused)) {
            LOG.warn("event=partition-still-offline partition={} reason=\"{}\"", id, why.getMessage());
            return;
        }
        LOG.error("event=partition-offline partition={} reason=\"{}\"", id, why.getMessage(), why);
        if (refused.isReplicated()) {
            ports.giveUp(List.of(refused.name()), outcome -> {}); // others have it, too: let one of them lead
        }
    }

    /// Tries again to open what a disk refused, and lets others lead it until that goes well: the node may have been
    /// made its leader since it was said. May be called from any thread, now and then.
    public void openRefused() {
        Set<TopicPartition> ids = directories.refused().ids();
        if (ids.isEmpty() || !isReopening.compareAndSet(false, true)) {
            return;
        }
        List<TopicIdPartition> replicated = directories.refused().replicated();
        if (!replicated.isEmpty()) {
            ports.giveUp(replicated, outcome -> {});
        }
        AtomicInteger left = new AtomicInteger(ids.size());
        for (TopicPartition id : ids) {
            steps.add(
                    id,
                    done -> directories
                            .diskOf(id)
                            .read(() -> reopen(id, () -> {
                                if (left.decrementAndGet() == 0) {
                                    isReopening.set(false);
                                }
                                done.run();
                            })));
        }
    }

    private void reopen(TopicPartition id, Runnable done) {
        Optional<RefusedLogs.Refused> refused = directories.refused().find(id);
        if (refused.isPresent()) {
            giveUpIfDamaged(id, refused.get());
            open(refused.get().topic(), refused.get().partition(), CatalogFollower::tellBehind, done);
        } else {
            done.run(); // it was let go meanwhile
        }
    }

    /// What is damaged is given up once others lead it and nobody counts on what is here: it is had again from them.
    private void giveUpIfDamaged(TopicPartition id, RefusedLogs.Refused refused) {
        DamageException damage = refused.damage();
        PartitionView view = refused.partition();
        boolean isCountedOn =
                view.isr().contains(nodeId) || view.eligibleLeaderReplicas().contains(nodeId);
        if (damage == null || isCountedOn || view.leader() < 0 || view.leader() == nodeId) {
            return;
        }
        LOG.error(
                "event=log-repair partition={} from={} leader={} reason=\"{}\"",
                id,
                damage.trustedOffset(),
                view.leader(),
                damage.getMessage());
        try {
            directories.giveUpDamaged(
                    id, damage, refused.topic().settings().log().compact());
        } catch (StorageException why) {
            LOG.warn("event=log-repair-refused partition={} reason=\"{}\"", id, why.getMessage());
        }
    }

    /// What a crash left in the file is perhaps only in the page cache; readers see it when it is on disk. A new log
    /// has nothing to sync. When the disk refuses, the log says so and its host brings it back.
    private static void makeDurable(PartitionLog log) {
        if (log.durableOffset() < log.endOffset()) {
            log.beginFlush(true).ifPresent(job -> {
                try {
                    job.run();
                } finally {
                    log.endFlush(job);
                }
            });
        }
    }

    /// Many partitions are assigned alike: those that follow each other share one object.
    private Assignment assignment(TopicView topic, PartitionView partition) {
        Assignment wanted = Assignment.of(partition, topic.settings());
        Assignment last = lastAssignment;
        if (last != null && last.equals(wanted)) {
            return last;
        }
        lastAssignment = wanted;
        return wanted;
    }

    private void letGo(TopicView topic) {
        for (PartitionView partition : topic.partitions()) {
            TopicPartition id = new TopicPartition(topic.name(), partition.index());
            steps.add(id, done -> hosts.of(id).loop().run(() -> letGo(id, ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, done)));
        }
    }

    private void letGo(TopicPartition id, ErrorKind why, Runnable done) {
        directories.refused().remove(id);
        PartitionHost host = hosts.of(id);
        DiskLoop disk = directories.diskOf(id);
        if (host.find(id).isEmpty()) {
            disk.read(done); // it is offline: whoever uses its name next finds the folder in its place
            return;
        }
        host.moves().cancel(id);
        host.release(
                id,
                why,
                log -> disk.read(() -> {
                    try {
                        delete(log);
                    } finally {
                        done.run();
                    }
                }));
    }

    private void delete(PartitionLog log) {
        try {
            log.delete();
            directories.forget(log.partition());
        } catch (StorageException refused) {
            LOG.error("event=delete-failed partition={} reason=\"{}\"", log.partition(), refused.getMessage(), refused);
        }
    }
}
