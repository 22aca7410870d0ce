package io.millrace.benchmarks.jmh;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.quota.Quotas;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.PartitionState;
import io.millrace.kafka.KafkaProtocol;
import io.millrace.kafka.codec.EncodedResponse;
import io.millrace.kafka.session.KafkaConfig;
import io.millrace.kafka.session.KafkaPorts;
import io.millrace.kafka.session.KafkaSession;
import io.millrace.kafka.session.Output;
import io.millrace.kafka.session.Peer;
import io.millrace.kafka.session.RequestMetrics;
import io.millrace.model.Clock;
import io.millrace.model.Lease;
import io.millrace.model.Principal;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A Metadata request for all topics through a session: frame in, encoded answer out.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MetadataBenchmark {
    private static final short VERSION = 13;
    private static final int PARTITIONS = 3;

    /// How many topics there are.
    @Param({"1", "1000"})
    public int topics;

    private final LastAnswer answer = new LastAnswer();
    private ByteBuffer frame = ByteBuffer.allocate(0);
    private KafkaSession session = session(MetadataImage.empty("cluster", 1, Map.of()));

    /// Topics of three partitions on one node.
    @Setup
    public void open() {
        session = session(image());
        var everything = new MetadataRequestData().setTopics(null).setAllowAutoTopicCreation(false);
        frame = new MetadataRequest(everything, VERSION)
                .serializeWithHeader(new RequestHeader(ApiKeys.METADATA, VERSION, "consumer-1", 7));
    }

    private MetadataImage image() {
        var records = new ArrayList<MetadataRecord>();
        var endpoint = new NodeView.Endpoint("kafka", "localhost", 9092);
        records.add(new MetadataRecord.NodeRegistered(
                1, 1, new TopicId(1, 1), new TopicId(1, 2), "", NodeView.Standing.ACTIVE, List.of(endpoint)));
        for (int i = 0; i < topics; i++) {
            var id = new TopicId(7, i);
            records.add(new MetadataRecord.TopicCreated(id, "topic-" + i, false, Map.of()));
            records.add(new MetadataRecord.PartitionsCreated(
                    id, 0, Collections.nCopies(PARTITIONS, PartitionState.created(List.of(1)))));
        }
        return MetadataImage.empty("cluster", 1, Map.of()).with(records).withController(1);
    }

    private KafkaSession session(Catalog catalog) {
        var nothing = new NothingElse();
        var ports = new KafkaPorts(
                nothing,
                () -> catalog,
                nothing,
                new NoCluster(),
                List.of(),
                new JvmClock(),
                new SeededChance(),
                RequestMetrics.NONE,
                Quotas.NONE,
                KafkaConfig.defaults(1));
        return new KafkaProtocol(ports).connect(new Peer(Principal.ANONYMOUS, "127.0.0.1", "kafka"), answer);
    }

    /// The bytes of the answer.
    @Benchmark
    public long allTopics() {
        session.onFrame(frame.duplicate(), Lease.NONE);
        return answer.bytes;
    }

    /// Counts what a connection would send.
    private static final class LastAnswer implements Output {
        private long bytes;

        @Override
        public void send(EncodedResponse response) {
            bytes = response.sizeBytes();
            response.release();
        }

        @Override
        public void mute(int forMs) {
            throw new IllegalStateException("nobody is limited here");
        }

        @Override
        public void close(String why) {
            throw new IllegalStateException(why);
        }

        @Override
        public void fail(String why, Throwable fault) {
            throw new IllegalStateException(why, fault);
        }

        @Override
        public void resume() {}
    }

    private static final class JvmClock implements Clock {
        @Override
        public long wallMs() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNs() {
            return System.nanoTime();
        }
    }
}
