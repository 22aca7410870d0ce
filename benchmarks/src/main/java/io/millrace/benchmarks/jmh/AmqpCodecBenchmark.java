package io.millrace.benchmarks.jmh;

import io.millrace.amqp.codec.Assembled;
import io.millrace.amqp.codec.ContentAssembler;
import io.millrace.amqp.codec.Frame;
import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.FrameWriter;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.Property;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What AMQP costs a message before it is routed, and after it was read: three frames to a publish, and a delivery to
/// three frames, in turns of a hundred.
///
/// Owned by: the JMH worker thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AmqpCodecBenchmark {
    private static final int MESSAGES = 100;

    /// Octets of a body.
    @Param({"100", "1024", "16384"})
    public int bodyBytes;

    private final FrameWriter writer = new FrameWriter(PooledByteBufAllocator.DEFAULT, ByteBuf::release);
    private final ContentAssembler assembler =
            new ContentAssembler(new MethodDecoder(), ContentAssembler.BODY_BYTES_MAX_4);
    private final BasicProperties properties = BasicProperties.builder()
            .text(Property.CONTENT_TYPE, "application/json")
            .deliveryMode(2)
            .headers(FieldTable.builder()
                    .put("task", "tasks.add")
                    .put("retries", 3)
                    .build())
            .text(Property.CORRELATION_ID, "0b8a4a30-5c1e-4a7e-9a53-000000000001")
            .text(Property.REPLY_TO, "amq.gen-JzTY20BRgKO-HjmUJj0wLg")
            .build();
    private ByteBuf publishes = Unpooled.EMPTY_BUFFER;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;

    /// A turn of publishes, as a client sends them.
    @Setup
    public void encode() {
        body = PooledByteBufAllocator.DEFAULT.directBuffer(bodyBytes).writeZero(bodyBytes);
        publishes = PooledByteBufAllocator.DEFAULT.directBuffer();
        var client = new FrameWriter(PooledByteBufAllocator.DEFAULT, each -> {
            publishes.writeBytes(each);
            each.release();
        });
        client.frameMax(FrameReader.FRAME_MAX_DEFAULT);
        writer.frameMax(FrameReader.FRAME_MAX_DEFAULT);
        var publish = new BasicMethods.Publish("orders", "orders.created.eu", true, false);
        for (int i = 0; i < MESSAGES; i++) {
            client.content(1, publish, properties, body);
        }
        client.flush();
    }

    /// Lets go of the buffers.
    @TearDown
    public void release() {
        publishes.release();
        body.release();
    }

    /// Bytes to messages.
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int decodePublishes() {
        int messages = 0;
        publishes.readerIndex(0);
        while (FrameReader.read(publishes, FrameReader.FRAME_MAX_DEFAULT) instanceof Frame frame) {
            if (assembler.onFrame(frame) instanceof Assembled.Message message) {
                messages += message.properties().isPersistent() ? 1 : 0;
                message.body().release();
            }
        }
        if (messages != MESSAGES) {
            throw new IllegalStateException(messages + " messages");
        }
        return messages;
    }

    /// Messages to bytes.
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void encodeDeliveries() {
        for (int i = 0; i < MESSAGES; i++) {
            var deliver = new BasicMethods.Deliver("amq.ctag-1", i, false, "orders", "orders.created.eu");
            writer.content(1, deliver, properties, body);
        }
        writer.flush();
    }
}
