package io.millrace.benchmarks.jmh;

import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.codec.RequestDecoder;
import io.millrace.kafka.codec.RequestHead;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.BatchCheck;
import io.millrace.log.batch.BatchValidator;
import io.millrace.log.config.LogConfig;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ProduceRequest;
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

/// What a Produce request costs before anything is appended: frame to request, and the batch's validation.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProduceDecodeBenchmark {
    private static final short VERSION = 12;
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    /// Bytes of the batch: one record, the default and a large producer batch.
    @Param({"1", "16384", "65536"})
    public int batchBytes;

    private ByteBuffer frame = ByteBuffer.allocate(0);

    /// One request with one batch for one partition.
    @Setup
    public void encode() {
        var partition = new ProduceRequestData.PartitionProduceData()
                .setIndex(0)
                .setRecords(MemoryRecords.readableRecords(Batches.ofBytes(batchBytes)));
        var data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(PARTITION.topic())
                        .setPartitionData(List.of(partition)));
        var header = new RequestHeader(ApiKeys.PRODUCE, VERSION, "producer-1", 7);
        frame = Batches.direct(new ProduceRequest(data, VERSION).serializeWithHeader(header));
    }

    /// The request alone.
    @Benchmark
    public AbstractRequest decode() {
        ByteBuffer bytes = frame.duplicate();
        if (RequestDecoder.head(bytes) instanceof Decoded.Complete<RequestHead>
                && RequestDecoder.body(ApiKeys.PRODUCE, VERSION, bytes)
                        instanceof Decoded.Complete<AbstractRequest>(AbstractRequest request)) {
            return request;
        }
        throw new IllegalStateException("a request of ours is not understood");
    }

    /// The request, and whether its batch may enter a log.
    @Benchmark
    public BatchCheck decodeAndValidate() {
        var request = (ProduceRequest) decode();
        var records = (MemoryRecords) request.data()
                .topicData()
                .iterator()
                .next()
                .partitionData()
                .getFirst()
                .records();
        return BatchValidator.validate(
                PARTITION, records.buffer(), AppendOrigin.CLIENT, LogConfig.DEFAULT, 1 << 20, 1_700_000_000_000L);
    }
}
