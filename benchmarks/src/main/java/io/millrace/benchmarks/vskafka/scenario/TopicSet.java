package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import io.millrace.benchmarks.vskafka.wire.FrameTarget;
import io.millrace.benchmarks.vskafka.wire.KafkaWire;
import io.millrace.benchmarks.vskafka.wire.TopicAdmin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// The topics of one run, online when this exists and deleted when it is closed.
///
/// Closing waits until their folders are gone, so that neither one run's dirty pages are written nor its files deleted
/// during the next.
/// Owned by: the thread of the run.
public final class TopicSet implements AutoCloseable {
    private static final int CREATE_CHUNK = 100;
    private static final Duration ONLINE_MAX = Duration.ofMinutes(2);
    private static final Duration GONE_MAX = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 100;

    private final BrokerUnderTest broker;
    private final List<String> names;
    private final int partitions;

    private TopicSet(BrokerUnderTest broker, List<String> names, int partitions) {
        this.broker = broker;
        this.names = names;
        this.partitions = partitions;
    }

    /// Creates `count` topics called by the prefix and a number of fixed width.
    public static TopicSet create(
            BrokerUnderTest broker, String prefix, int count, int partitions, Durability durability)
            throws IOException, InterruptedException {
        List<String> names = IntStream.range(0, count)
                .mapToObj(index -> "%s-%05d".formatted(prefix, index))
                .toList();
        TopicSet set = new TopicSet(broker, names, partitions);
        Map<String, String> configs = broker.topicConfigs(durability);
        try (KafkaWire wire = new KafkaWire(broker.address())) {
            TopicAdmin admin = new TopicAdmin(wire);
            for (int from = 0; from < count; from += CREATE_CHUNK) {
                admin.create(
                        names.subList(from, Math.min(count, from + CREATE_CHUNK)),
                        partitions,
                        broker.replicas(),
                        configs);
            }
            admin.awaitOnline(names, partitions, ONLINE_MAX);
        }
        return set;
    }

    public List<FrameTarget> targets() {
        return FrameTarget.of(names, partitions);
    }

    /// Every partition by the address of its leader.
    Map<InetSocketAddress, List<FrameTarget>> led() throws IOException {
        try (KafkaWire wire = new KafkaWire(broker.address())) {
            return new TopicAdmin(wire).placement(names).led();
        }
    }

    /// Fails unless the topics hold exactly this many records: a load is only as good as what it left behind.
    void verifyHolds(long records) throws IOException {
        try (KafkaWire wire = new KafkaWire(broker.address())) {
            long held = new TopicAdmin(wire).endOffsetSum(names);
            if (held != records) {
                throw new LoadFailure("%,d records acknowledged, %,d in the topics".formatted(records, held));
            }
        }
    }

    public String firstName() {
        return names.getFirst();
    }

    @Override
    public void close() throws IOException {
        try (KafkaWire wire = new KafkaWire(broker.address())) {
            TopicAdmin admin = new TopicAdmin(wire);
            for (int from = 0; from < names.size(); from += CREATE_CHUNK) {
                admin.delete(names.subList(from, Math.min(names.size(), from + CREATE_CHUNK)));
            }
        }
        long deadline = System.nanoTime() + GONE_MAX.toNanos();
        Set<String> topics = Set.copyOf(names);
        while (broker.folderCount(folder -> isOf(topics, folder)) > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
    }

    /// Whether a partition of these topics is or was in the folder. Others may come meanwhile: the first consumer group
    /// brings a topic of the broker's own.
    static boolean isOf(Set<String> topics, String folder) {
        int end = folder.indexOf('-');
        while (end > 0 && !topics.contains(folder.substring(0, end))) {
            end = folder.indexOf('-', end + 1);
        }
        return end > 0;
    }
}
