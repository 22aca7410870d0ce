package io.millrace.cli.experiment.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Producers and consumers as an application has them: Kafka's Java clients with their defaults. They run from the
/// start until [#end].
///
/// Owned by: the thread that began it; every client has a thread of its own.
public final class Load implements AutoCloseable {
    private static final long SAMPLE_NS = Bucket.MS * 1_000_000;

    /// A group whose member died or moved is silent for its session's 45 s.
    private static final long CATCH_UP_NS_MAX = 75_000_000_000L;

    private final Journal journal;
    private final List<LoadWriter> writers = new ArrayList<>();
    private final List<LoadReader> readers = new ArrayList<>();
    private final List<Thread> writing = new ArrayList<>();
    private final List<Thread> reading = new ArrayList<>();
    private final Thread sampler;
    private volatile boolean sampling = true;

    private Load(String bootstrap, LoadShape shape, Map<String, Object> more) {
        journal = new Journal(shape);
        for (int i = 0; i < shape.producers(); i++) {
            var writer = new LoadWriter(i, shape, producer(bootstrap, i, more), journal);
            writers.add(writer);
            writing.add(Thread.ofPlatform().daemon().name("writer-" + i).unstarted(writer));
        }
        for (int i = 0; i < shape.readers(); i++) {
            var reader = new LoadReader(i, shape.topic(), consumer(bootstrap, i, more), journal);
            readers.add(reader);
            reading.add(Thread.ofPlatform().daemon().name("reader-" + i).unstarted(reader));
        }
        sampler = Thread.ofPlatform().daemon().name("retry-sampler").unstarted(this::sample);
    }

    /// Begins to read and write.
    public static Load begin(String bootstrap, LoadShape shape) {
        return begin(bootstrap, shape, Map.of());
    }

    /// The same with clients that have some settings of their own.
    public static Load begin(String bootstrap, LoadShape shape, Map<String, Object> settings) {
        var load = new Load(bootstrap, shape, settings);
        load.reading.forEach(Thread::start);
        load.writing.forEach(Thread::start);
        load.sampler.start();
        return load;
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap, int index, Map<String, Object> more) {
        Map<String, Object> settings = settings(bootstrap, "writer-" + index, more);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, int index, Map<String, Object> more) {
        Map<String, Object> settings = settings(bootstrap, "reader-" + index, more);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "readers-" + index);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> settings(String bootstrap, String client, Map<String, Object> more) {
        var settings = new HashMap<>(more);
        settings.putAll(Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                CommonClientConfigs.CLIENT_ID_CONFIG,
                client,
                CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG,
                ""));
        return settings;
    }

    private void sample() {
        while (sampling) {
            LockSupport.parkNanos(SAMPLE_NS);
            writers.forEach(LoadWriter::reportRetries);
        }
    }

    public Journal journal() {
        return journal;
    }

    /// Ends writing and waits until every record is answered and read, then ends reading.
    public void end() throws InterruptedException {
        writers.forEach(LoadWriter::end);
        for (Thread writer : writing) {
            writer.join();
        }
        sampling = false;
        awaitReaders();
        readers.forEach(LoadReader::end);
        for (Thread reader : reading) {
            reader.join();
        }
    }

    private void awaitReaders() {
        long deadlineNs = System.nanoTime() + CATCH_UP_NS_MAX;
        while (!journal.isReadToEnd()) {
            if (System.nanoTime() > deadlineNs) {
                journal.readersAreStuck();
                return;
            }
            LockSupport.parkNanos(SAMPLE_NS);
        }
    }

    /// Lets go without waiting: what is under way when the run has failed is of no interest.
    @Override
    public void close() {
        sampling = false;
        writers.forEach(LoadWriter::end);
        readers.forEach(LoadReader::end);
    }
}
