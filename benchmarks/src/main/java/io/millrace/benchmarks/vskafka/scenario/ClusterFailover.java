package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerCluster;
import io.millrace.benchmarks.vskafka.broker.ClusterKind;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import io.millrace.benchmarks.vskafka.wire.KafkaWire;
import io.millrace.benchmarks.vskafka.wire.Placement;
import io.millrace.benchmarks.vskafka.wire.TopicAdmin;
import io.millrace.cli.cluster.local.NodeProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Many partitions of three replicas on a fresh cluster: created, left alone, and a node that leads a third of them
/// killed; the time until a survivor lists a leader for each, until a sample of those it led took a record, and from
/// its restart until every replica is in sync.
public record ClusterFailover(String name, String family) implements Scenario.OnFreshCluster {
    private static final int PARTITIONS_PER_TOPIC = 100;
    /// Kafka's controller takes at most 10,000 records in one request; this stays well below.
    private static final int TOPICS_PER_REQUEST = 10;

    private static final int SAMPLE = 100;
    private static final long POLL_MILLIS = 10;
    private static final Duration ONLINE_MAX = Duration.ofMinutes(10);
    private static final byte[] VALUE = new byte[100];

    @Override
    public Sample run(ClusterKind kind, Path folder, RunSettings settings) throws IOException, InterruptedException {
        List<String> topics = new ArrayList<>();
        for (int count = 0; count < settings.partitionCount(); count += PARTITIONS_PER_TOPIC) {
            topics.add("many-%06d".formatted(count));
        }
        try (BrokerCluster cluster = kind.launch(folder)) {
            cluster.awaitReady();
            Sample sample = Sample.empty().with(Metric.CREATE_SECONDS, create(cluster, topics));
            sample = idle(sample, cluster, settings).with(Metric.RSS_MB, Samples.rssMb(cluster));
            return failOver(sample, cluster, topics);
        }
    }

    private static double create(BrokerCluster cluster, List<String> topics) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (KafkaWire wire = new KafkaWire(cluster.address())) {
            TopicAdmin admin = new TopicAdmin(wire);
            for (int from = 0; from < topics.size(); from += TOPICS_PER_REQUEST) {
                List<String> chunk = topics.subList(from, Math.min(topics.size(), from + TOPICS_PER_REQUEST));
                admin.create(chunk, PARTITIONS_PER_TOPIC, cluster.replicas(), cluster.topicConfigs(Durability.DEFAULT));
            }
            admin.awaitOnline(topics, PARTITIONS_PER_TOPIC, ONLINE_MAX);
        }
        return secondsSince(start);
    }

    private static Sample idle(Sample sample, BrokerCluster cluster, RunSettings settings)
            throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(2);
        double cpuBefore = cluster.cpuSeconds();
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(settings.idle().toNanos());
        return sample.with(Metric.IDLE_CPU_PERCENT, (cluster.cpuSeconds() - cpuBefore) / secondsSince(start) * 100);
    }

    private static Sample failOver(Sample sample, BrokerCluster cluster, List<String> topics)
            throws IOException, InterruptedException {
        NodeProcess victim = cluster.nodes().getLast();
        int all = topics.size() * PARTITIONS_PER_TOPIC;
        try (KafkaWire wire = new KafkaWire(cluster.address());
                SampleWriter writer = new SampleWriter(cluster.bootstrap())) {
            TopicAdmin admin = new TopicAdmin(wire);
            writer.choose(admin.placement(topics), BrokerCluster.addressOf(victim));
            writer.write();
            long killed = System.nanoTime();
            victim.kill9();
            awaitLeaders(admin, topics, all, BrokerCluster.addressOf(victim));
            double led = secondsSince(killed);
            writer.write();
            double written = secondsSince(killed);
            long restarted = System.nanoTime();
            victim.restart();
            while (admin.placement(topics).inSync() < all) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                if (secondsSince(restarted) > ONLINE_MAX.toSeconds()) {
                    throw new IOException("not in sync after " + ONLINE_MAX);
                }
            }
            return sample.with(Metric.LEADERS_SECONDS, led)
                    .with(Metric.WRITES_SECONDS, written)
                    .with(Metric.IN_SYNC_SECONDS, secondsSince(restarted));
        }
    }

    private static void awaitLeaders(TopicAdmin admin, List<String> topics, int all, InetSocketAddress dead)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        Placement now = admin.placement(topics);
        while (now.led().containsKey(dead) || now.leaders() < all) {
            if (secondsSince(start) > ONLINE_MAX.toSeconds()) {
                throw new IOException(
                        "only %d of %d partitions led after %s".formatted(now.leaders(), all, ONLINE_MAX));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            now = admin.placement(topics);
        }
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /// A default Java producer that writes one record to each of some partitions. Owned by: the thread of the run.
    private static final class SampleWriter implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;
        private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();

        SampleWriter(String bootstrap) {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", bootstrap);
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }

        /// Takes partitions evenly from those this node leads.
        void choose(Placement placement, InetSocketAddress leader) throws IOException {
            var led = placement.led().getOrDefault(leader, List.of());
            if (led.isEmpty()) {
                throw new IOException("the node to be killed leads nothing");
            }
            int step = Math.max(1, led.size() / SAMPLE);
            for (int index = 0; index < led.size(); index += step) {
                var target = led.get(index);
                records.add(new ProducerRecord<>(target.topic(), target.partition(), null, VALUE));
            }
        }

        void write() throws IOException, InterruptedException {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<RecordMetadata> each : sent) {
                try {
                    each.get();
                } catch (ExecutionException refused) {
                    throw new IOException("a record was refused", refused);
                }
            }
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
        }
    }
}
