package io.millrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.log.LogDirectory;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.UnpackLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Topics come and go faster than the disk follows.
class CatalogFollowerTest {
    private static final int NODE = 1;
    private static final MetadataImage NOTHING = MetadataImage.empty("cluster", NODE, Map.of());
    private static final TopicPartition PARTITION = new TopicPartition("phoenix", 0);

    private final DefaultEventExecutor executor = new DefaultEventExecutor();
    private final EventLoop loop = new EventLoop(executor, "test");
    private final DiskLoop disk = new DiskLoop(new ManualClock(), "test", 1, 1, 1);
    private final UnpackLoop unpackers = new UnpackLoop(1);
    private final PartitionHost host = new PartitionHost(
            loop,
            unpackers,
            new ManualClock(),
            new Metrics(),
            DirtyPages.UNKNOWN,
            ReplicaPorts.alone(NODE, DiskSettings.NONE));
    private final MemoryDisk memory = new MemoryDisk(new ManualClock());
    private final FaultyDisk faulty = new FaultyDisk(memory);
    private final LogDirectory directory = LogDirectory.open(
            faulty.disk(), "/data", new LogDirectory.Settings(NODE, "cluster", 10), new SeededRandomness(1));
    private final LogDirectories directories = new LogDirectories(List.of(new LogDirectories.Disk(directory, disk)));
    private final CatalogFollower follower = new CatalogFollower(
            ReplicaPorts.alone(NODE, DiskSettings.NONE), new PartitionHosts(List.of(host)), directories);

    private int starts;

    @BeforeEach
    void start() {
        follower.onChange(NOTHING, CatalogDelta.of(NOTHING));
    }

    @AfterEach
    void stop() throws InterruptedException {
        unpackers.stop();
        disk.stop();
        executor.shutdownGracefully();
    }

    @Test
    void opensATopicWhenTheOneThatHadItsNameIsOutOfTheWay() {
        follower.onChange(NOTHING, created(topic(1)));
        await().until(() -> topicHere().equals(id(1)));
        CountDownLatch busy = new CountDownLatch(1);
        disk.read(() -> awaitUninterrupted(busy));

        follower.onChange(NOTHING, deleted(topic(1)));
        follower.onChange(NOTHING, created(topic(2)));
        follower.onChange(NOTHING, deleted(topic(2)));
        follower.onChange(NOTHING, created(topic(3)));
        busy.countDown();

        await().until(() -> topicHere().equals(id(3)));
    }

    @Test
    void aTopicDeletedLastIsGone() {
        follower.onChange(NOTHING, created(topic(1)));
        CountDownLatch busy = new CountDownLatch(1);
        disk.read(() -> awaitUninterrupted(busy));
        follower.onChange(NOTHING, deleted(topic(1)));
        follower.onChange(NOTHING, created(topic(2)));
        follower.onChange(NOTHING, deleted(topic(2)));
        busy.countDown();

        follower.onChange(NOTHING, created(topic(3)));
        await().until(() -> topicHere().equals(id(3)));
        follower.onChange(NOTHING, deleted(topic(3)));
        await().until(() -> topicHere().isNone());
        assertThat(directory.highWatermarks()).isEmpty();
    }

    @Test
    void opensAgainWhatTheDiskRefused() throws IOException {
        memory.createFolder("/data/" + PARTITION);
        faulty.refuse("list", PARTITION.toString());
        follower.onChange(NOTHING, created(topic(1)));
        follower.openRefused();
        assertThat(topicHere()).isEqualTo(TopicId.NONE);
        assertThat(directories.refused().contains(PARTITION)).isTrue();

        faulty.heal();
        await().until(() -> {
            follower.openRefused();
            return topicHere().equals(id(1));
        });
        assertThat(directories.refused().contains(PARTITION)).isFalse();
    }

    @Test
    void forgetsWhatItCouldNotOpenWhenTheTopicIsGone() throws IOException {
        memory.createFolder("/data/" + PARTITION);
        faulty.refuse("list", PARTITION.toString());
        follower.onChange(NOTHING, created(topic(1)));
        follower.onChange(NOTHING, deleted(topic(1)));

        await().until(() -> !directories.refused().contains(PARTITION));
        faulty.heal();
        follower.openRefused();
        assertThat(topicHere()).isEqualTo(TopicId.NONE);
    }

    @Test
    void deletesAtTheStartWhatMovedAwayMeanwhile() throws Exception {
        assertThat(leftAfterStart(id(1), partition(2, 2, 3)))
                .noneMatch(PARTITION.toString()::equals)
                .anyMatch(name -> name.startsWith(PARTITION + ".") && name.endsWith("-delete"));
    }

    @Test
    void keepsAtTheStartWhatMayBeNeeded() throws Exception {
        assertThat(leftAfterStart(id(1), partition(2, 2, NODE))).contains(PARTITION.toString());
        assertThat(leftAfterStart(id(1), partition(-1, 2, 3)))
                .as("nobody leads: it may be the last copy")
                .contains(PARTITION.toString());
        assertThat(leftAfterStart(TopicId.NONE, partition(2, 2, 3)))
                .as("nobody knows which topic it is of")
                .contains(PARTITION.toString());
        assertThat(leftAfterStart(id(2), partition(2, 2, 3)))
                .as("it is of another topic")
                .anyMatch(name -> name.endsWith("-stray"));
    }

    /// What lies in a log directory after a start that found a folder of the partition in it.
    ///
    /// @param carried the topic's id in the folder
    /// @param now where the metadata says the partition is
    private List<String> leftAfterStart(TopicId carried, PartitionView now) throws Exception {
        String root = "/start-" + starts++;
        String folder = root + "/" + PARTITION;
        memory.createFolder(root);
        memory.createFolder(folder);
        if (!carried.isNone()) {
            FileContents.replaceDurably(
                    memory,
                    folder,
                    "partition.metadata",
                    FileContents.ofText("version: 0\ntopic_id: " + carried + "\n"));
        }
        LogDirectory found = LogDirectory.open(
                memory, root, new LogDirectory.Settings(NODE, "cluster", 10), new SeededRandomness(starts));
        LogDirectories disks = new LogDirectories(List.of(new LogDirectories.Disk(found, disk)));
        new CatalogFollower(ReplicaPorts.alone(NODE, DiskSettings.NONE), new PartitionHosts(List.of(host)), disks)
                .openAll(List.of(topic(1, now)));
        return memory.list(root);
    }

    private static PartitionView partition(int leader, Integer... replicas) {
        return new PartitionView(0, leader, 0, 0, List.of(replicas), List.of(replicas), List.of(), List.of());
    }

    private TopicId topicHere() {
        CompletableFuture<TopicId> here = new CompletableFuture<>();
        loop.post(() -> here.complete(
                host.find(PARTITION).map(partition -> partition.log().topicId()).orElse(TopicId.NONE)));
        return here.join();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static CatalogDelta created(TopicView topic) {
        return new CatalogDelta(List.of(topic), List.of(), List.of(), false);
    }

    private static CatalogDelta deleted(TopicView topic) {
        return new CatalogDelta(List.of(), List.of(topic), List.of(), false);
    }

    private static TopicId id(int number) {
        return new TopicId(7, number);
    }

    private static TopicView topic(int number) {
        return topic(number, partition(NODE, NODE));
    }

    private static TopicView topic(int number, PartitionView partition) {
        TopicSettings settings =
                new TopicSettings(LogConfig.DEFAULT, TopicSettings.Durability.FSYNC, 1, false, 1 << 20);
        return new TopicView(PARTITION.topic(), id(number), false, List.of(partition), Map.of(), settings);
    }
}
