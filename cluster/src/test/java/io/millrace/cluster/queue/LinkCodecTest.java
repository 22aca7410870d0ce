package io.millrace.cluster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.QueueSite.Fate;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What goes between nodes octet by octet: releases have to understand each other.
class LinkCodecTest {
    private static final Message MESSAGE =
            new Message(FormatId.AMQP_0_9_1, "e", "k\ud800", new byte[] {1}, new byte[] {2, 3}, 300, 5);
    /// Format, exchange, key, published, due, properties, body.
    private static final String MESSAGE_HEX = "01 0165 026b80b003 ac02 05 0101 020203";

    record Golden(LinkOrder order, String hex) {}

    static List<Golden> orders() {
        var queue = new QueueRef(new VhostName("/"), new QueueName("q"));
        var spec = new ConsumerSpec("t", true, false, 200, Arguments.of("p", ArgumentValue.bool(true)));
        return List.of(
                new Golden(
                        new LinkOrder.OpenLane(1, queue, new TopicId(1, 2)),
                        "01 01 012f 0171 0000000000000001 0000000000000002"),
                new Golden(new LinkOrder.ShutLane(300), "02 ac02"),
                new Golden(new LinkOrder.Publish(1, 2, MESSAGE), "03 01 02" + MESSAGE_HEX),
                new Golden(new LinkOrder.Counts(9, 1, true), "04 09 01 01"),
                new Golden(new LinkOrder.Purge(9, 1), "05 09 01"),
                new Golden(new LinkOrder.Delete(9, 1, true, false), "06 09 01 01 00"),
                new Golden(new LinkOrder.OpenHold(5, 1), "07 05 01"),
                new Golden(new LinkOrder.Consume(5, 9, spec), "08 05 09 0174 01 00 c801 01 0170 06 01"),
                new Golden(new LinkOrder.Cancel(5, 9, "t"), "09 05 09 0174"),
                new Golden(new LinkOrder.Get(5, 9, false), "0a 05 09 00"),
                new Golden(new LinkOrder.Settle(5, Settlement.REJECT, new long[] {7, 8, 5}), "0b 05 02 03 0e 02 05"),
                new Golden(new LinkOrder.Limit(5, 100), "0c 05 64"),
                new Golden(new LinkOrder.Pause(5, true), "0d 05 01"),
                new Golden(new LinkOrder.CloseHold(5), "0e 05"),
                new Golden(new LinkOrder.Credit(1 << 20), "0f 808040"),
                new Golden(new LinkOrder.Ping(), "10"),
                new Golden(new LinkOrder.Reply("r", MESSAGE), "11 0172" + MESSAGE_HEX));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void ordersAreWhatTheyWere(Golden golden) throws MalformedRecord {
        assertThat(hex(golden.order)).isEqualTo(plain(golden.hex));
        Unit unit = unit(octets(golden.hex));
        assertThat(hex(LinkOrderCodec.read(unit))).isEqualTo(plain(golden.hex));
        assertThat(unit.hasMore()).isFalse();
    }

    record Told(LinkNotice notice, String hex) {}

    static List<Told> notices() {
        Delivery delivery = new Delivery(7, MESSAGE, true, 3);
        String deliveryHex = "07 01 03" + MESSAGE_HEX;
        return List.of(
                new Told(new LinkNotice.Fates(300, 4, Fate.NOT_HERE), "01 ac02 04 03"),
                new Told(
                        new LinkNotice.Counted(9, new CountsReply(QueueOutcome.UNAVAILABLE, 1, 2, 3)),
                        "02 09 02 01 02 03"),
                new Told(new LinkNotice.Ended(9, QueueOutcome.EXCLUSIVE_USE), "03 09 03"),
                new Told(new LinkNotice.Got(9, QueueOutcome.DONE, delivery, 6), "04 09 00 06 01" + deliveryHex),
                new Told(new LinkNotice.Got(9, QueueOutcome.DONE, null, 0), "04 09 00 00 00"),
                new Told(new LinkNotice.Delivered(5, "t", List.of(delivery)), "05 05 0174 01" + deliveryHex),
                new Told(new LinkNotice.Lost(5), "06 05"),
                new Told(new LinkNotice.Pong(), "07"));
    }

    @ParameterizedTest
    @MethodSource("notices")
    void noticesAreWhatTheyWere(Told golden) throws MalformedRecord {
        assertThat(hex(golden.notice)).isEqualTo(plain(golden.hex));
        Unit unit = unit(octets(golden.hex));
        assertThat(hex(LinkNoticeCodec.read(unit))).isEqualTo(plain(golden.hex));
        assertThat(unit.hasMore()).isFalse();
    }

    @Property(tries = 2_000)
    void anythingElseIsMalformedAndNothingWorse(SeededRandomness random) {
        byte[] octets = random.bytes(random.between(1, 60));
        octets[0] = (byte) random.between(1, 18);
        try {
            LinkOrderCodec.read(unit(ByteBuffer.wrap(octets)));
            LinkNoticeCodec.read(unit(ByteBuffer.wrap(octets)));
        } catch (MalformedRecord malformed) {
            assertThat(malformed).hasMessageNotContaining("null");
        }
    }

    @Test
    void aLargeMessageTravelsInSmallFrames() throws MalformedRecord {
        byte[] body = new byte[3 << 20];
        body[body.length - 1] = 42;
        UnitWriter writer = new UnitWriter();
        LinkOrderCodec.write(writer, new LinkOrder.Ping());
        LinkOrderCodec.write(
                writer, new LinkOrder.Publish(1, 0, new Message(FormatId.KAFKA, "", "k", new byte[0], body, 0)));

        List<List<ByteBuffer>> frames = writer.take();

        assertThat(frames).hasSizeGreaterThan(10);
        TightRoom room = new TightRoom(0);
        UnitReader reader = new UnitReader(room);
        for (List<ByteBuffer> frame : frames) {
            ByteBuffer whole = whole(frame);
            assertThat(whole.remaining()).isLessThanOrEqualTo(UnitWriter.FRAME_BYTES_MAX + 5);
            Unit unit = reader.onFrame(whole);
            boolean isLast = frame == frames.getLast();
            assertThat(unit != null).isEqualTo(isLast);
            if (unit != null) {
                assertThat(LinkOrderCodec.read(unit)).isEqualTo(new LinkOrder.Ping());
                assertThat(((LinkOrder.Publish) LinkOrderCodec.read(unit))
                                .message()
                                .body())
                        .isEqualTo(body);
                assertThat(unit.attachedOctets()).isEqualTo(body.length);
            }
        }
        assertThat(room.large).as("given back by who got the unit").isEqualTo(body.length);
    }

    @Test
    void longOctetsWaitForRoomAndGiveItBackWhenTheyDoNotCome() throws MalformedRecord {
        UnitWriter writer = new UnitWriter();
        LinkOrderCodec.write(
                writer,
                new LinkOrder.Publish(
                        1, 0, new Message(FormatId.KAFKA, "", "k", new byte[0], new byte[Unit.INLINE_MAX + 1], 0)));
        List<List<ByteBuffer>> frames = writer.take();
        TightRoom room = new TightRoom(100);
        assertThat(room.takeLarge(this, 5)).isTrue();
        UnitReader reader = new UnitReader(room);

        assertThat(reader.onFrame(whole(frames.getFirst()))).isNull();
        assertThat(reader.wantsMore()).isFalse();
        assertThat(room.takeLarge("another", 1)).as("who waits first is next").isFalse();

        room.large(-5);
        assertThat(reader.wantsMore()).isTrue();
        assertThat(room.large).isEqualTo(Unit.INLINE_MAX + 1);
        reader.close();
        assertThat(room.large).isZero();
    }

    @Test
    void octetsThatDoNotHoldTogetherAreMalformed() {
        for (String frame : List.of("02 00010001", "02 00000010 00", "03 00", "00 03 01 02 01 00 00 00 00 00 818004")) {
            assertThatExceptionOfType(MalformedRecord.class).as(frame).isThrownBy(() -> {
                UnitReader reader = new UnitReader(new TightRoom(0));
                Unit unit = reader.onFrame(octets(frame));
                LinkOrderCodec.read(unit == null ? whole(reader) : unit);
            });
        }
    }

    /// Ends what is not complete.
    private static Unit whole(UnitReader reader) throws MalformedRecord {
        Unit unit = reader.onFrame(octets("00 10"));
        return unit == null ? unit(octets("")) : unit;
    }

    private static Unit unit(ByteBuffer content) {
        return new Unit(content, new ArrayDeque<>());
    }

    private static String hex(LinkOrder order) {
        UnitWriter writer = new UnitWriter();
        LinkOrderCodec.write(writer, order);
        return hex(writer);
    }

    private static String hex(LinkNotice notice) {
        UnitWriter writer = new UnitWriter();
        LinkNoticeCodec.write(writer, notice);
        return hex(writer);
    }

    /// Without the octet in front of the frame.
    private static String hex(UnitWriter writer) {
        ByteBuffer frame = whole(writer.take().getFirst());
        byte[] octets = new byte[frame.remaining() - 1];
        frame.get(1, octets);
        return HexFormat.of().formatHex(octets);
    }

    private static ByteBuffer whole(List<ByteBuffer> frame) {
        ByteBuffer whole = ByteBuffer.allocate(
                frame.stream().mapToInt(ByteBuffer::remaining).sum());
        frame.forEach(piece -> whole.put(piece.duplicate()));
        return whole.flip();
    }

    private static String plain(String hex) {
        return hex.replace(" ", "");
    }

    private static ByteBuffer octets(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(plain(hex)));
    }
}
