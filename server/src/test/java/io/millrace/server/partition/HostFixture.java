package io.millrace.server.partition;

import static org.awaitility.Awaitility.await;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.TopicSettings;
import io.millrace.broker.catalog.TopicSettings.Durability;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.cluster.replica.ArrivingBatches;
import io.millrace.cluster.replica.Assignment;
import io.millrace.cluster.replica.Partition;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.log.LogDirectory;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.config.LogConfig;
import io.millrace.log.disk.MemoryDisk;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.server.loop.DiskLoop;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.UnpackLoop;
import io.millrace.server.metrics.Metrics;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.SeededRandomness;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// One loop with its partitions on one disk in memory; the test's thread is outside, as a client is.
final class HostFixture {
    static final int NODE = 1;
    static final long RETENTION_MS = 5_000;
    static final int UNPACKED_BYTES_MAX = 8 << 20;
    private static final int SEGMENT_BYTES = 1_000;
    private static final int WAIT_SECONDS = 10;
    private static final int WRITE_THREADS = 1;
    private static final int FLUSH_THREADS = 2;
    private static final int READ_THREADS = 2;
    private static final int UNPACK_CORES = 2; // one thread

    final ManualClock clock = new ManualClock();
    final MemoryDisk memory = new MemoryDisk(clock);
    final FaultyDisk faulty = new FaultyDisk(memory);
    private final DefaultEventExecutor executor = new DefaultEventExecutor();
    private final DiskLoop diskLoop = new DiskLoop(clock, "test", WRITE_THREADS, FLUSH_THREADS, READ_THREADS);
    private final UnpackLoop unpackers = new UnpackLoop(UNPACK_CORES);
    final EventLoop loop = new EventLoop(executor, "test");
    /// How often the bytes of what was sent are held.
    final AtomicInteger leases = new AtomicInteger();

    private final Lease lease = new Lease() {
        @Override
        public void retain() {
            leases.incrementAndGet();
        }

        @Override
        public void release() {
            leases.decrementAndGet();
        }
    };
    final AtomicBoolean areDirtyPagesMany = new AtomicBoolean();
    final PartitionHost host;
    LogDirectory directory = open();

    /// A node that knows no other.
    HostFixture() {
        this(ReplicaPorts.alone(NODE, DiskSettings.NONE));
    }

    HostFixture(ReplicaPorts ports) {
        this.host = new PartitionHost(loop, unpackers, clock, new Metrics(), areDirtyPagesMany::get, ports);
    }

    private LogDirectory open() {
        LogDirectory.Settings settings = new LogDirectory.Settings(1, "cluster", 100);
        return LogDirectory.open(faulty.disk(), "/data", settings, new SeededRandomness(1));
    }

    TopicPartition lead(String topic, Durability durability) throws Exception {
        return lead(topic, durability, List.of(NODE));
    }

    /// @param replicas all of them in sync
    TopicPartition lead(String topic, Durability durability, List<Integer> replicas) throws Exception {
        LogConfig base = LogConfig.DEFAULT;
        LogConfig config = new LogConfig(
                SEGMENT_BYTES,
                Long.MAX_VALUE / 4,
                0,
                64,
                base.indexBytesMax(),
                base.batchBytesMax(),
                RETENTION_MS,
                -1,
                true,
                false,
                base.deleteRetentionMs(),
                0,
                Long.MAX_VALUE,
                base.minCleanableRatio(),
                base.timestampType(),
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                base.compression(),
                base.compressionLevel(),
                0,
                false);
        TopicPartition id = new TopicPartition(topic, 0);
        TopicSettings settings = new TopicSettings(config, durability, 1, false, UNPACKED_BYTES_MAX);
        TopicId topicId = new TopicId(1, topic.hashCode());
        Assignment here = new Assignment(NODE, 0, 0, replicas, replicas, settings);
        run(() -> host.take(directory.open(id, topicId, config), diskLoop, here, 0));
        return id;
    }

    /// Everything is closed, and open anew without any file held: reads are cold.
    void restart() {
        host.partitions().forEach(partition -> partition.log().close());
        directory.close(_ -> 0L);
        directory = open();
    }

    /// The machine loses power and starts again; partitions are to be led anew.
    void powerCut() {
        memory.crash(new SeededRandomness(2));
        directory = open();
    }

    <T> T get(Callable<T> work) throws Exception {
        return executor.submit(work).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    void run(Runnable work) throws Exception {
        executor.submit(work).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /// Appends in a turn of the loop; `reply` is given there.
    void appendHere(TopicPartition id, Acks acks, String value, Consumer<AppendReply> reply) {
        appendHere(id, acks, batch(clock.wallMs(), value), reply);
    }

    void appendHere(TopicPartition id, Acks acks, ByteBuffer batch, Consumer<AppendReply> reply) {
        appendHere(id, acks, AppendOrigin.CLIENT, batch, reply);
    }

    private void appendHere(
            TopicPartition id, Acks acks, AppendOrigin origin, ByteBuffer batch, Consumer<AppendReply> reply) {
        Hosted hosted = host.hosted(id);
        long deadlineMs = acks == Acks.ALL ? clock.monotonicMs() + 30_000 : Long.MAX_VALUE;
        ArrivingBatches batches = hosted.partition.arriving(batch, origin, clock.wallMs());
        host.append(hosted, new Arrivals.Arrival(batches, lease, acks, deadlineMs, reply));
    }

    /// Keeps the disk's read threads busy until the answer is completed.
    CompletableFuture<Void> occupyReaders() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        for (int i = 0; i < READ_THREADS; i++) {
            diskLoop.read(gate::join);
        }
        return gate;
    }

    /// Keeps the threads busy that copy much into the page cache until the answer is completed.
    CompletableFuture<Void> occupyWriters() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        for (int i = 0; i < WRITE_THREADS; i++) {
            diskLoop.write(gate::join, loop, () -> {});
        }
        return gate;
    }

    /// Keeps the disk's flush threads busy until the answer is completed.
    CompletableFuture<Void> occupyFlushers() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        for (int i = 0; i < FLUSH_THREADS; i++) {
            diskLoop.flush(
                    () -> {
                        gate.join();
                        return 0;
                    },
                    loop,
                    () -> {});
        }
        return gate;
    }

    int queuedReads() {
        return diskLoop.waitingReads();
    }

    /// Keeps the thread busy that unpacks what is too much for the loop, until the answer is completed.
    CompletableFuture<Void> occupyUnpackers() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        unpackers.unpack(gate::join);
        return gate;
    }

    /// Tells the host that its disk has room again.
    void hasRoom() throws Exception {
        run(() -> host.hasRoom(diskLoop));
    }

    LogDirectories.Disk disk() {
        return new LogDirectories.Disk(directory, diskLoop);
    }

    ErrorKind append(TopicPartition id, Acks acks, String value) throws Exception {
        CompletableFuture<AppendReply> reply = new CompletableFuture<>();
        run(() -> appendHere(id, acks, value, reply::complete));
        return reply.get(WAIT_SECONDS, TimeUnit.SECONDS).error();
    }

    /// What a coordinator notes about records.
    ErrorKind note(TopicPartition id) throws Exception {
        CompletableFuture<AppendReply> reply = new CompletableFuture<>();
        ByteBuffer note = MemoryRecords.withEndTransactionMarker(
                        clock.wallMs(), 1, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0))
                .buffer();
        run(() -> appendHere(id, Acks.ALL, AppendOrigin.COORDINATOR, note, reply::complete));
        return reply.get(WAIT_SECONDS, TimeUnit.SECONDS).error();
    }

    Partition partition(TopicPartition id) {
        return host.find(id).orElseThrow();
    }

    /// What a consumer is answered that reads from `offset`.
    ReadOutcome read(TopicPartition id, long offset) throws Exception {
        FetchQuery.Ask ask = new FetchQuery.Ask(id, offset, 1 << 20, -1, -1);
        FetchQuery query = new FetchQuery(FetchQuery.Asker.CONSUMER, 1, 1 << 20, 0, false, List.of(ask));
        return get(() -> partition(id).read(query, ask, 1 << 20, true));
    }

    /// Also waits for the disk, should it have been asked.
    void tick() throws Exception {
        run(host::tick);
        awaitQuiet();
    }

    /// Waits until no disk thread has work of a partition.
    void awaitQuiet() {
        await().pollInterval(Duration.ofMillis(1)).until(() -> get(this::isQuiet));
    }

    private boolean isQuiet() {
        return host.partitions().stream()
                .allMatch(partition ->
                        Objects.requireNonNull(host.hosted(partition.id())).isIdle());
    }

    /// The partitions as a session on this loop reaches them; there is no catalog to ask.
    NodePartitions sessions() {
        return sessions(loop, () -> {
            throw new UnsupportedOperationException("no catalog here");
        });
    }

    /// The same for a session that is at home on another loop, perhaps.
    NodePartitions sessions(EventLoop home, CatalogSource catalog) {
        LogDirectories directories = new LogDirectories(List.of(new LogDirectories.Disk(directory, diskLoop)));
        PartitionHosts hosts = new PartitionHosts(List.of(host));
        return new NodePartitions(
                1, home, hosts, catalog, directories, ReplicaPorts.alone(NODE, DiskSettings.NONE), clock);
    }

    static ByteBuffer batch(long timestampMs, String value) {
        SimpleRecord record = new SimpleRecord(timestampMs, value.getBytes(StandardCharsets.UTF_8));
        return MemoryRecords.withRecords(Compression.NONE, record).buffer();
    }

    void stop() throws InterruptedException {
        unpackers.stop();
        diskLoop.stop();
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(WAIT_SECONDS, TimeUnit.SECONDS);
    }
}
