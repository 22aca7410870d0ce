package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.BrokerUnderTest;
import io.millrace.benchmarks.vskafka.broker.Durability;
import io.millrace.benchmarks.vskafka.load.LatencyHistogram;
import io.millrace.benchmarks.vskafka.report.Metric;
import io.millrace.benchmarks.vskafka.report.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// What EndToEndLatency does (send with acks=all and no linger, wait for the acknowledgement, poll the record, one at
/// a time) with Kafka's Java client 4.4.0, but after a warm-up and with percentiles finer than a millisecond.
///
/// @param fetchWaitMillis `fetch.max.wait.ms`: the tool sets 0 and so asks without pause; the client's default is 500,
///     with which a fetch waits at the broker for the record
public record SendAckPoll(String name, String family, Durability durability, int fetchWaitMillis)
        implements Scenario.OnRunning {
    private static final int VALUE_BYTES = 100;
    private static final Duration POLL_MAX = Duration.ofSeconds(10);

    @Override
    public List<TopicSet> prepare(BrokerUnderTest broker) {
        return List.of();
    }

    @Override
    public Sample run(BrokerUnderTest broker, RunSettings settings) throws IOException, InterruptedException {
        Map<String, Object> common = Map.of("bootstrap.servers", broker.bootstrap());
        try (TopicSet set = TopicSet.create(broker, "e2e", 1, 1, durability);
                Producer<byte[], byte[]> producer = new KafkaProducer<>(
                        with(common, Map.of("acks", "all", "linger.ms", "0")),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        with(common, Map.of("enable.auto.commit", "false", "fetch.max.wait.ms", fetchWaitMillis)),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(set.firstName(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Loop loop = new Loop(producer, consumer, set.firstName());
            loop.pump(settings.warmUp());
            double cpuBefore = broker.cpuSeconds();
            long start = System.nanoTime();
            LatencyHistogram latencies = loop.pump(settings.measured());
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpu = broker.cpuSeconds() - cpuBefore;
            return Samples.withLatencies(Sample.empty(), latencies)
                    .with(Metric.RECORDS_PER_SECOND, latencies.count() / seconds)
                    .with(Metric.CPU_SECONDS_PER_MILLION, cpu / latencies.count() * 1e6)
                    .with(Metric.RSS_MB, Samples.rssMb(broker));
        }
    }

    private static Map<String, Object> with(Map<String, Object> common, Map<String, Object> own) {
        Map<String, Object> all = new HashMap<>(common);
        all.putAll(own);
        return all;
    }

    /// One record after another, for a time. Owned by: the thread of the run.
    private record Loop(Producer<byte[], byte[]> producer, Consumer<byte[], byte[]> consumer, String topic) {
        LatencyHistogram pump(Duration duration) throws IOException, InterruptedException {
            LatencyHistogram latencies = new LatencyHistogram();
            long deadline = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() < deadline) {
                long sent = System.nanoTime();
                long offset = acknowledge(producer.send(new ProducerRecord<>(topic, 0, null, new byte[VALUE_BYTES])));
                var polled = consumer.poll(POLL_MAX);
                latencies.record(System.nanoTime() - sent);
                if (polled.count() != 1 || polled.iterator().next().offset() != offset) {
                    throw new IOException("the record sent was not the one polled");
                }
            }
            return latencies;
        }

        private static long acknowledge(Future<RecordMetadata> sent) throws IOException, InterruptedException {
            try {
                return sent.get().offset();
            } catch (ExecutionException failed) {
                throw new IOException("send failed", failed.getCause());
            }
        }
    }
}
