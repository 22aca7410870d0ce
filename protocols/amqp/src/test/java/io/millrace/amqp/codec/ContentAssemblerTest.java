package io.millrace.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.Property;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentAssemblerTest {
    private static final AmqpMethod PUBLISH = new BasicMethods.Publish("x", "key", true, false);
    private static final BasicProperties PROPERTIES = BasicProperties.builder()
            .text(Property.CORRELATION_ID, "1")
            .deliveryMode(2)
            .build();

    private final ContentAssembler assembler = new ContentAssembler(new MethodDecoder(), 1_000_000);

    @Test
    void aMethodWithoutContentIsACommand() {
        AmqpMethod ack = new BasicMethods.Ack(5, true);

        assertThat(assembler.onFrame(method(ack))).isEqualTo(new Assembled.Command(ack));
    }

    @Test
    void aPublishIsAMessage() {
        assertThat(assembler.onFrame(method(PUBLISH))).isEqualTo(new Assembled.Incomplete());
        assertThat(assembler.onFrame(header(60, 0, 5, PROPERTIES))).isEqualTo(new Assembled.Incomplete());
        ByteBuf wire = text("hello");
        Assembled assembled = assembler.onFrame(new Frame.Body(1, wire));

        assertThat(assembled).isEqualTo(new Assembled.Message(PUBLISH, PROPERTIES, text("hello")));
        assertThat(((Assembled.Message) assembled).body()).as("not copied").isSameAs(wire);
        assertThat(wire.refCnt()).isEqualTo(2);
        assertThat(assembler.onFrame(method(PUBLISH))).as("and so on").isEqualTo(new Assembled.Incomplete());
    }

    @Test
    void anEmptyMessageHasNoBodyFrame() {
        assembler.onFrame(method(PUBLISH));

        assertThat(assembler.onFrame(header(60, 0, 0, PROPERTIES)))
                .isEqualTo(new Assembled.Message(PUBLISH, PROPERTIES, Unpooled.EMPTY_BUFFER));
    }

    @Test
    void aBodyMayComeInPiecesAndEmptyOnesToo() {
        assembler.onFrame(method(PUBLISH));
        assembler.onFrame(header(60, 0, 5, PROPERTIES));

        for (String piece : new String[] {"", "h", "ell", ""}) {
            ByteBuf wire = text(piece);
            assertThat(assembler.onFrame(new Frame.Body(1, wire))).isEqualTo(new Assembled.Incomplete());
            wire.setZero(0, wire.capacity());
        }
        assertThat(assembler.heldBytes()).isEqualTo(4);
        Assembled assembled = assembler.onFrame(new Frame.Body(1, text("o")));

        assertThat(assembled).isEqualTo(new Assembled.Message(PUBLISH, PROPERTIES, text("hello")));
        assertThat(assembler.heldBytes()).isZero();
        ((Assembled.Message) assembled).body().release();
    }

    @Test
    void memoryGrowsWithWhatArrivedAndNotWithWhatWasAnnounced() {
        var allocator = new UnpooledByteBufAllocator(false);
        assembler.onFrame(method(PUBLISH));
        assembler.onFrame(header(60, 0, 1_000_000, PROPERTIES));
        ByteBuf wire = allocator.heapBuffer(100).writeZero(100);
        assembler.onFrame(new Frame.Body(1, wire));
        wire.release();

        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isLessThan(1_000);
        assembler.close();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .isZero();
    }

    @Test
    void emptyBodiesCostNothing() {
        var allocator = new PooledByteBufAllocator(false, 1, 0, 8192, 3, 0, 0, false); // without caches
        assembler.onFrame(method(PUBLISH));
        assembler.onFrame(header(60, 0, 5, PROPERTIES));
        ByteBuf wire = allocator.heapBuffer(8);

        assembler.onFrame(new Frame.Body(1, wire));
        assembler.onFrame(new Frame.Body(1, wire));
        wire.release();
        assembler.close();

        assertThat(allocator.metric().heapArenas().getFirst().numActiveAllocations())
                .isZero();
    }

    @Test
    void contentWithoutAMethodIsUnexpected() {
        assertFailed(
                new Frame.Body(1, text("hello")),
                AmqpError.of(ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead"));
        assertFailed(
                header(60, 0, 5, PROPERTIES),
                AmqpError.of(ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead"));
    }

    @Test
    void aMethodWhereAHeaderBelongsIsUnexpected() {
        String text = "expected content header for class 60, got non content header frame instead";
        assembler.onFrame(method(PUBLISH));

        assertFailed(method(PUBLISH), publishFailed(ReplyCode.UNEXPECTED_FRAME, text));
        assertFailed(header(60, 1, 5, PROPERTIES), publishFailed(ReplyCode.UNEXPECTED_FRAME, text));
        assertFailed(
                header(50, 0, 5, PROPERTIES),
                publishFailed(
                        ReplyCode.UNEXPECTED_FRAME,
                        "expected content header for class 60, got one for class 50 instead"));
    }

    @Test
    void aMethodWhereABodyBelongsIsUnexpectedAndSoIsABodyThatIsTooLong() {
        AmqpError error =
                publishFailed(ReplyCode.UNEXPECTED_FRAME, "expected content body, got non content body frame instead");
        assembler.onFrame(method(PUBLISH));
        assembler.onFrame(header(60, 0, 5, PROPERTIES));

        assertFailed(method(PUBLISH), error);
        assertFailed(new Frame.Body(1, text("hello!")), error);
        assembler.onFrame(new Frame.Body(1, text("hell")));
        assertFailed(new Frame.Body(1, text("o!")), error);
        assembler.close();
    }

    @Test
    void aLargeMessageClosesItsChannelAndAnAbsurdOneTheConnection() {
        assembler.onFrame(method(PUBLISH));

        assertFailed(
                header(60, 0, 1_000_001, PROPERTIES),
                publishFailed(
                        ReplyCode.PRECONDITION_FAILED,
                        "message size 1000001 is larger than configured max size 1000000"));
        assertFailed(
                header(60, 0, ContentAssembler.BODY_BYTES_LIMIT + 1, PROPERTIES),
                publishFailed(
                        ReplyCode.FRAME_ERROR, "content body size 536870913 exceeds maximum allowed size 536870912"));
        assertFailed(
                header(60, 0, -1, PROPERTIES),
                publishFailed(
                        ReplyCode.FRAME_ERROR,
                        "content body size 18446744073709551615 exceeds maximum allowed size 536870912"));
    }

    @Test
    void brokenPropertiesAreASyntaxError() {
        assembler.onFrame(method(PUBLISH));

        assertFailed(
                new Frame.Header(1, Bytes.hex("003c 0000 0000000000000005 8000 05 61")),
                publishFailed(ReplyCode.SYNTAX_ERROR, "malformed content properties"));
    }

    @Test
    void methodsAreReadAsStrictlyAsRabbitMqReadsThem() {
        assertFailed("003c0050 000000000000000501 00", 60, 80, "cannot decode <<0,0,0,0,0,0,0,5,1,0>>");
        assertFailed("003c0050 0000000000000005", 60, 80, "cannot decode <<0,0,0,0,0,0,0,5>>");
        assertFailed("000a0015 00000003 6162", 10, 21, "cannot decode <<0,0,0,3,97,98>>");
        assertFailed("0032000a 0000 0271ff 00 00000000", 0, 0, "Malformed UTF-8 in shortstr");
        assertFailed("000a0028 022fff 00 00", 10, 40, "Malformed UTF-8 in shortstr");
        assertFailed(
                method("0032000a 0000 0171 00 00000003 01617a"),
                AmqpError.of(ReplyCode.SYNTAX_ERROR, "malformed field table").in(50, 10));
        assertFailed(
                method("0032000a 0000 0171 00 ffffffff"),
                AmqpError.of(ReplyCode.FRAME_ERROR, "cannot decode <<0,0,1,113,0,255,255,255,255>>")
                        .in(50, 10));
        assertFailed(
                method("00320063"),
                AmqpError.of(ReplyCode.NOT_IMPLEMENTED, "unknown method 99 of class 50")
                        .in(50, 99));
        assertFailed(
                method("0063000a"),
                AmqpError.of(ReplyCode.COMMAND_INVALID, "unknown class 99").in(99, 10));
    }

    @Test
    void aRoutingKeyMayBeAnyOctets() {
        assembler.onFrame(method("003c0028 0000 0178 02 6bff 01"));
        Assembled assembled = assembler.onFrame(header(60, 0, 0, PROPERTIES));

        var publish = (BasicMethods.Publish) ((Assembled.Message) assembled).method();
        ByteBuf again = Unpooled.buffer();
        publish.encode(again);
        assertThat(again).isEqualTo(Bytes.hex("0000 0178 02 6bff 01"));
    }

    @Test
    void aDeclareComesWithItsArguments() {
        Assembled assembled = assembler.onFrame(method("0032000a 0000 0171 12 00000007 0161 49 00000001"));

        assertThat(assembled).isInstanceOf(Assembled.Command.class);
        var declare = (QueueMethods.Declare) ((Assembled.Command) assembled).method();
        assertThat(declare.queue()).isEqualTo("q");
        assertThat(declare.durable()).isTrue();
        assertThat(declare.noWait()).isTrue();
        assertThat(declare.passive() || declare.exclusive() || declare.autoDelete())
                .isFalse();
        assertThat(declare.arguments().find("a")).isPresent();
    }

    private void assertFailed(String payload, int classId, int methodId, String explanation) {
        assertFailed(
                method(payload),
                AmqpError.of(ReplyCode.FRAME_ERROR, explanation).in(classId, methodId));
    }

    private void assertFailed(Frame frame, AmqpError error) {
        assertThat(assembler.onFrame(frame)).isEqualTo(new Assembled.Failed(error));
    }

    private static AmqpError publishFailed(ReplyCode code, String explanation) {
        return AmqpError.of(code, explanation).in(60, 40);
    }

    private static Frame method(AmqpMethod method) {
        return (Frame) FrameReader.read(Bytes.of(writer -> writer.method(1, method)), FrameReader.FRAME_MAX_DEFAULT);
    }

    private static Frame method(String payload) {
        return new Frame.Method(1, Bytes.hex(payload));
    }

    private static Frame header(int classId, int weight, long size, BasicProperties properties) {
        ByteBuf payload = Unpooled.buffer();
        payload.writeShort(classId).writeShort(weight).writeLong(size);
        properties.writeTo(payload);
        return new Frame.Header(1, payload);
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
