package io.millrace.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQCommand;
import com.rabbitmq.client.impl.AMQContentHeader;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.FieldValue.IntType;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.amqp.codec.wire.PropertiesSamples;
import io.millrace.amqp.codec.wire.Tables;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Messages, properties and tables, both ways, against the codec of RabbitMQ's Java client.
class ContentAgainstRabbitProperty {
    @Property
    void theyReadOurDeliveries(SeededRandomness random) throws IOException {
        byte[] body = random.bytes(random.nextInt(40_000));
        // Their client has no words for headers of type B, i and L.
        BasicProperties properties = PropertiesSamples.any(random).toBuilder()
                .headers(FieldTable.builder()
                        .put("x", random.nextLong())
                        .put("y", Tables.text(random, 30))
                        .build())
                .build();
        var deliver = new BasicMethods.Deliver("tag", 5, true, "x", "key");
        int frameMax = random.between(FrameReader.FRAME_MAX_LOWEST, 20_000);
        ByteBuf bytes = Unpooled.wrappedBuffer(
                Bytes.pieces(frameMax, writer -> writer.content(3, deliver, properties, Unpooled.wrappedBuffer(body)))
                        .toArray(ByteBuf[]::new));

        var command = new AMQCommand();
        for (var frame : RabbitCodec.frames(bytes)) {
            assertThat(frame.size()).isLessThanOrEqualTo(frameMax);
            assertThat(frame.getChannel()).isEqualTo(3);
            command.handleFrame(frame);
        }

        assertThat(command.getMethod()).isEqualTo(RabbitCodec.like(deliver));
        assertThat(command.getContentBody()).isEqualTo(body);
        var theirs = (AMQP.BasicProperties) command.getContentHeader();
        assertSame(theirs, properties);
        assertThat(RabbitCodec.table(theirs.getHeaders()).entries())
                .containsExactlyInAnyOrderElementsOf(properties.headers().entries());
    }

    @Property
    void weReadTheirPublishes(SeededRandomness random) throws IOException {
        BasicProperties sample = PropertiesSamples.any(random);
        byte[] body = random.bytes(random.nextInt(100));
        AMQContentHeader header = theirs(sample);
        var assembler = new ContentAssembler(new MethodDecoder(), 1_000);

        var publish = RabbitCodec.like(new BasicMethods.Publish("x", "key", true, false));
        var bodyFrame = new com.rabbitmq.client.impl.Frame(Frame.TYPE_BODY, 1);
        bodyFrame.getOutputStream().write(body);
        ByteBuf bytes = Unpooled.wrappedBuffer(
                RabbitCodec.bytes(publish.toFrame(1)),
                RabbitCodec.bytes(header.toFrame(1, body.length)),
                body.length == 0 ? Unpooled.EMPTY_BUFFER : RabbitCodec.bytes(bodyFrame));
        Assembled assembled = new Assembled.Incomplete();
        while (bytes.isReadable()) {
            assembled = assembler.onFrame((Frame) FrameReader.read(bytes, FrameReader.FRAME_MAX_DEFAULT));
        }

        assertThat(assembled).isInstanceOf(Assembled.Message.class);
        var message = (Assembled.Message) assembled;
        assertThat(message.method()).isEqualTo(new BasicMethods.Publish("x", "key", true, false));
        assertThat(message.body()).isEqualTo(Unpooled.wrappedBuffer(body));
        assertSame((AMQP.BasicProperties) header, message.properties());
        assertThat(message.properties().headers().find("x")).contains(new FieldValue.Int(IntType.INT32, 1));
    }

    @Test
    void theyReadEveryTypeWeWrite() {
        var numbers = FieldTable.builder();
        Map<IntType, Object> types = new LinkedHashMap<>();
        types.put(IntType.INT8, (byte) -1);
        types.put(IntType.INT16, (short) -1);
        types.put(IntType.INT32, -1);
        types.put(IntType.INT64, -1L);
        types.forEach((type, value) -> numbers.put(type.name(), new FieldValue.Int(type, -1)));
        numbers.put("UINT16", new FieldValue.Int(IntType.UINT16, 65_535));

        Map<String, Object> theirs = RabbitCodec.like(numbers.build());

        types.forEach((type, value) -> assertThat(theirs).containsEntry(type.name(), value));
        assertThat(theirs).containsEntry("UINT16", 65_535);
    }

    @Test
    void weReadEveryTypeTheyWrite() throws IOException {
        Map<String, Object> theirs = new LinkedHashMap<>();
        theirs.put("text", "é");
        theirs.put("int", -3);
        theirs.put("decimal", new BigDecimal(BigInteger.valueOf(12345), 2));
        theirs.put("date", Date.from(Instant.ofEpochSecond(1_700_000_000L)));
        theirs.put("table", Map.of("x", "y"));
        theirs.put("byte", (byte) -1);
        theirs.put("double", 1.5);
        theirs.put("float", 2.5f);
        theirs.put("long", Long.MIN_VALUE);
        theirs.put("short", (short) -2);
        theirs.put("true", true);
        theirs.put("bytes", new byte[] {1, -1});
        theirs.put("null", null);
        theirs.put("list", List.of(1, "a", List.of(false)));

        assertThat(RabbitCodec.table(theirs))
                .isEqualTo(FieldTable.builder()
                        .put("text", "é")
                        .put("int", new FieldValue.Int(IntType.INT32, -3))
                        .put("decimal", new FieldValue.Decimal(2, 12345))
                        .put("date", new FieldValue.Timestamp(1_700_000_000L))
                        .put("table", FieldTable.builder().put("x", "y").build())
                        .put("byte", new FieldValue.Int(IntType.INT8, -1))
                        .put("double", new FieldValue.Float64(1.5))
                        .put("float", new FieldValue.Float32(2.5f))
                        .put("long", Long.MIN_VALUE)
                        .put("short", new FieldValue.Int(IntType.INT16, -2))
                        .put("true", true)
                        .put("bytes", new FieldValue.Binary(LongString.of(new byte[] {1, -1})))
                        .put("null", new FieldValue.Nothing())
                        .put(
                                "list",
                                new FieldValue.Array(List.of(
                                        new FieldValue.Int(IntType.INT32, 1),
                                        FieldValue.Text.of("a"),
                                        new FieldValue.Array(List.of(new FieldValue.Bool(false))))))
                        .build());
    }

    @Test
    void theDeepestTableWeTakeIsOneTheyTake() {
        FieldTable table = FieldTable.EMPTY;
        for (int depth = 1; depth < FieldTable.DEPTH_MAX; depth++) {
            table = FieldTable.builder().put("x", table).build();
        }

        assertThat(RabbitCodec.like(table)).containsOnlyKeys("x");
    }

    @Property
    void aTableGoesThroughThemUnchanged(SeededRandomness random) throws IOException {
        FieldTable table = FieldTable.builder()
                .put("text", Tables.text(random, 200))
                .put("long", random.nextLong())
                .put("double", new FieldValue.Float64(random.nextDouble()))
                .put(
                        "list",
                        new FieldValue.Array(Stream.of(random.nextLong(), random.nextLong())
                                .<FieldValue>map(each -> new FieldValue.Int(IntType.INT64, each))
                                .toList()))
                .build();

        FieldTable again = RabbitCodec.table(RabbitCodec.like(table));

        assertThat(again.entries()).containsExactlyInAnyOrderElementsOf(table.entries());
    }

    /// Their header with our properties.
    private static AMQContentHeader theirs(BasicProperties ours) {
        var builder = new AMQP.BasicProperties.Builder();
        ours.contentType().ifPresent(builder::contentType);
        ours.contentEncoding().ifPresent(builder::contentEncoding);
        ours.deliveryMode().ifPresent(builder::deliveryMode);
        ours.priority().ifPresent(builder::priority);
        ours.correlationId().ifPresent(builder::correlationId);
        ours.replyTo().ifPresent(builder::replyTo);
        ours.expiration().ifPresent(builder::expiration);
        ours.messageId().ifPresent(builder::messageId);
        ours.timestamp().ifPresent(seconds -> builder.timestamp(Date.from(Instant.ofEpochSecond(seconds))));
        ours.type().ifPresent(builder::type);
        ours.userId().ifPresent(builder::userId);
        ours.appId().ifPresent(builder::appId);
        ours.clusterId().ifPresent(builder::clusterId);
        return builder.headers(Map.of("x", 1)).build();
    }

    private static void assertSame(AMQP.BasicProperties theirs, BasicProperties ours) {
        assertThat(Optional.ofNullable(theirs.getContentType())).isEqualTo(ours.contentType());
        assertThat(Optional.ofNullable(theirs.getContentEncoding())).isEqualTo(ours.contentEncoding());
        assertThat(Optional.ofNullable(theirs.getDeliveryMode())).isEqualTo(boxed(ours.deliveryMode()));
        assertThat(Optional.ofNullable(theirs.getPriority())).isEqualTo(boxed(ours.priority()));
        assertThat(Optional.ofNullable(theirs.getCorrelationId())).isEqualTo(ours.correlationId());
        assertThat(Optional.ofNullable(theirs.getReplyTo())).isEqualTo(ours.replyTo());
        assertThat(Optional.ofNullable(theirs.getExpiration())).isEqualTo(ours.expiration());
        assertThat(Optional.ofNullable(theirs.getMessageId())).isEqualTo(ours.messageId());
        assertThat(Optional.ofNullable(theirs.getTimestamp())
                        .map(date -> date.toInstant().getEpochSecond()))
                .isEqualTo(
                        ours.timestamp().isPresent()
                                ? Optional.of(ours.timestamp().getAsLong())
                                : Optional.empty());
        assertThat(Optional.ofNullable(theirs.getType())).isEqualTo(ours.type());
        assertThat(Optional.ofNullable(theirs.getUserId())).isEqualTo(ours.userId());
        assertThat(Optional.ofNullable(theirs.getAppId())).isEqualTo(ours.appId());
        assertThat(Optional.ofNullable(theirs.getClusterId())).isEqualTo(ours.clusterId());
    }

    private static Optional<Integer> boxed(java.util.OptionalInt value) {
        return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
    }
}
