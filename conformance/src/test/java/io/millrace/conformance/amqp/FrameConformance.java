package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.RawAmqp.contentHeader;
import static io.millrace.conformance.amqp.RawAmqp.frame;
import static io.millrace.conformance.amqp.RawAmqp.method;
import static io.millrace.conformance.amqp.RawAmqp.openChannel;
import static io.millrace.conformance.amqp.RawAmqp.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no client library would send: wrong headers, frames and orders. The texts were read from RabbitMQ 3.10.8.
@ExtendWith(SharedAmqp.class)
final class FrameConformance {
    private static final int HEADER_OF_PUBLISH = 60;

    private final int port;

    FrameConformance(AmqpBroker broker) {
        port = broker.address().port();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AMQP\0\0\11\0", "AMQP\0\1\0\0", "AMQP\3\1\0\0", "GET / HT"})
    void anotherProtocolIsToldOurs(String header) throws IOException {
        try (var raw = new RawAmqp(port)) {
            raw.send(header.getBytes(StandardCharsets.ISO_8859_1));

            assertThat(raw.receiveBytes(8)).isEqualTo(RawAmqp.HEADER);
            assertThat(raw.isClosedSilently()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 4095, 131_073})
    void aFrameMaxOutOfBoundsEndsTheConnection(int frameMax) throws IOException {
        assertEndedWhileTuning(2047, frameMax);
    }

    @Test
    void aChannelMaxAboveTheBrokersEndsTheConnection() throws IOException {
        assertEndedWhileTuning(5000, 131_072);
    }

    private void assertEndedWhileTuning(int channelMax, int frameMax) throws IOException {
        try (var raw = new RawAmqp(port)) {
            raw.send(RawAmqp.HEADER).receive();
            raw.send(RawAmqp.login("PLAIN", "\0guest\0guest")).receive();
            raw.send(RawAmqp.tuneOk(channelMax, frameMax, 0));

            assertThat(raw.isClosedSilently()).isTrue();
        }
    }

    @Test
    void anUnknownMechanismEndsTheConnection() throws IOException {
        try (var raw = new RawAmqp(port)) {
            raw.send(RawAmqp.HEADER).receive();
            raw.send(RawAmqp.login("NOPE", "x"));

            assertThat(raw.isClosedSilently()).isTrue();
        }
    }

    @Test
    void aSilentClientIsDroppedAfterTwoMissedHeartbeats() throws IOException {
        try (var raw = RawAmqp.open(port, 0x7FF, 131_072, 1)) {
            int heartbeats = 0;
            try {
                while (raw.receive().type() == 8) {
                    heartbeats++;
                }
            } catch (IOException e) {
                // dropped: what is checked is that heartbeats came before
            }

            assertThat(heartbeats).isBetween(2, 8);
        }
    }

    @Test
    void heartbeatsOfTheClientKeepItsConnection() throws IOException {
        try (var raw = RawAmqp.open(port, 0x7FF, 131_072, 1)) {
            for (int i = 0; i < 8; i++) { // half a second each
                assertThat(raw.receive().type()).isEqualTo(8);
                raw.send(frame(8, 0, new byte[0]));
            }
        }
    }

    @Test
    void channelsAreCountedNotNumbered() throws IOException {
        try (var raw = RawAmqp.open(port, 2, 131_072, 0)) {
            raw.send(openChannel(7));
            assertThat(raw.receive().isMethod(20, 11)).isTrue();
            raw.send(openChannel(8));

            assertThat(raw.receiveClose())
                    .isEqualTo(Closed.connection(
                            530,
                            "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)"));
        }
    }

    @Test
    void aSecondOpenOfAChannel() throws IOException {
        assertClosed(504, "CHANNEL_ERROR - second 'channel.open' seen", openChannel(1));
    }

    @Test
    void aMethodOnAChannelThatIsNotOpen() throws IOException {
        assertClosed(504, "CHANNEL_ERROR - expected 'channel.open'", declare(5));
    }

    @Test
    void aMethodOnAChannelThatTheBrokerClosed() throws IOException {
        try (var raw = open()) {
            raw.send(publish(1, "x")); // only to have something else than a declare before
            raw.send(contentHeader(1, HEADER_OF_PUBLISH, 0, 0));
            raw.send(declare(1, "no-such-queue", 1));
            assertThat(raw.receiveClose())
                    .isEqualTo(Closed.channel(404, "NOT_FOUND - no queue 'no-such-queue' in vhost '/'"));
            raw.send(method(1, 20, 41, arguments -> {}));
            raw.send(declare(1));

            assertThat(raw.receiveClose()).isEqualTo(Closed.connection(504, "CHANNEL_ERROR - expected 'channel.open'"));
        }
    }

    @Test
    void whatWasSentBehindAChannelErrorIsDropped() throws IOException {
        try (var raw = open()) {
            raw.send(declare(1, "no-such-queue", 1));
            raw.send(declare(1));
            raw.send(declare(1, "no-such-queue-either", 1));
            assertThat(raw.receiveClose().text()).contains("no-such-queue'");
            raw.send(method(1, 20, 41, arguments -> {}));
            raw.send(openChannel(1));

            assertThat(raw.receive().isMethod(20, 11)).isTrue();
        }
    }

    @Test
    void aChannelMethodOnChannelZero() throws IOException {
        assertClosed(504, "CHANNEL_ERROR - unexpected method in connection state running", declare(0));
    }

    @Test
    void aConnectionMethodOnAChannel() throws IOException {
        assertClosed(503, "COMMAND_INVALID - unimplemented method", method(1, 10, 40, arguments -> {
            RawAmqp.shortString(arguments, "/");
            RawAmqp.shortString(arguments, "");
            arguments.writeByte(0);
        }));
    }

    @Test
    void aMethodOnlyBrokersSend() throws IOException {
        assertClosed(503, "COMMAND_INVALID - unimplemented method", method(1, 50, 11, arguments -> {
            RawAmqp.shortString(arguments, "q");
            arguments.writeLong(0);
        }));
    }

    @Test
    void aMethodCutShort() throws IOException {
        assertClosed(
                501,
                "FRAME_ERROR - cannot decode <<0,0,10,97,98,99>>",
                method(1, 50, 10, arguments -> arguments.write(new byte[] {0, 0, 10, 'a', 'b', 'c'})));
    }

    @Test
    void aShortStringThatIsNotUtf8() throws IOException {
        assertClosed(501, "FRAME_ERROR - Malformed UTF-8 in shortstr", method(1, 50, 10, arguments -> {
            arguments.writeShort(0);
            arguments.write(new byte[] {2, (byte) 0xFF, (byte) 0xFE});
            arguments.writeByte(0);
            arguments.writeInt(0);
        }));
    }

    @Test
    void aWrongFrameEnd() throws IOException {
        byte[] bytes = openChannel(1);
        bytes[bytes.length - 1] = (byte) 0xCD;

        assertClosed(501, "FRAME_ERROR - type 1, all octets = <<0,20,0,10,0>>: {invalid_frame_end_marker,205}", bytes);
    }

    @Test
    void anUnknownFrameType() throws IOException {
        assertClosed(501, "FRAME_ERROR - type 9, all octets = <<>>: unknown_frame", frame(9, 1, new byte[0]));
    }

    @Test
    void aHeartbeatOnAChannel() throws IOException {
        assertClosed(505, "UNEXPECTED_FRAME - type 8, all octets = <<>>", frame(8, 1, new byte[0]));
    }

    @Test
    void aHeartbeatWithAPayload() throws IOException {
        assertClosed(501, "FRAME_ERROR - type 8, all octets = <<\"x\">>: unknown_frame", frame(8, 0, new byte[] {'x'}));
    }

    @Test
    void aFrameLargerThanNegotiated() throws IOException {
        try (var raw = RawAmqp.open(port, 0x7FF, 4096, 0)) {
            raw.send(frame(1, 1, new byte[4200]));

            assertThat(raw.receiveClose())
                    .isEqualTo(Closed.connection(
                            501, "FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,4200,4088}"));
        }
    }

    @Test
    void aBodyOrHeaderWithoutAPublish() throws IOException {
        String text = "UNEXPECTED_FRAME - expected method frame, got non method frame instead";
        assertClosed(505, text, frame(3, 1, new byte[] {'x'}));
        assertClosed(505, text, contentHeader(1, HEADER_OF_PUBLISH, 0, 1));
    }

    @Test
    void anythingElseWhereTheContentHeaderIsDue() throws IOException {
        String text = "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead";
        assertClosed(505, text, publish(1, "x"), frame(3, 1, new byte[] {'x'}));
        assertClosed(505, text, publish(1, "x"), publish(1, "x"));
    }

    @Test
    void aContentHeaderOfAnotherClass() throws IOException {
        assertClosed(
                505,
                "UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead",
                publish(1, "x"),
                contentHeader(1, 50, 0, 1));
    }

    @Test
    void moreBodyThanAnnounced() throws IOException {
        assertClosed(
                505,
                "UNEXPECTED_FRAME - expected content body, got non content body frame instead",
                publish(1, "x"),
                contentHeader(1, HEADER_OF_PUBLISH, 0, 1),
                frame(3, 1, new byte[8]),
                declare(1)); // RabbitMQ says nothing before that
    }

    @Test
    void flowCannotBeTurnedOff() throws IOException {
        assertClosed(540, "NOT_IMPLEMENTED - active=false", method(1, 20, 20, arguments -> arguments.writeByte(0)));
    }

    @Test
    void immediateIsNotImplemented() throws IOException {
        byte[] immediate = method(1, 60, 40, arguments -> {
            arguments.writeShort(0);
            RawAmqp.shortString(arguments, "");
            RawAmqp.shortString(arguments, "x");
            arguments.writeByte(2);
        });

        assertClosed(540, "NOT_IMPLEMENTED - immediate=true", immediate, contentHeader(1, HEADER_OF_PUBLISH, 0, 0));
    }

    @Test
    void theObsoleteAccessRequestIsAnswered() throws IOException {
        try (var raw = open()) {
            raw.send(method(1, 30, 10, arguments -> {
                RawAmqp.shortString(arguments, "/");
                arguments.writeByte(0);
            }));

            assertThat(raw.receive().payload()).isEqualTo(new byte[] {0, 30, 0, 11, 0, 1});
        }
    }

    @Test
    void anUpdatedSecretIsAnswered() throws IOException {
        try (var raw = open()) {
            raw.send(method(0, 10, 70, arguments -> {
                RawAmqp.longString(arguments, "guest");
                RawAmqp.shortString(arguments, "because");
            }));

            assertThat(raw.receive().isMethod(10, 71)).isTrue();
        }
    }

    @Test
    void bytesMayComeOneByOne() throws IOException {
        try (var raw = open()) {
            for (byte single : declare(1)) {
                raw.send(new byte[] {single});
            }

            assertThat(raw.receive().isMethod(50, 11)).isTrue();
        }
    }

    @Test
    void aBodyIsCutToTheNegotiatedFrameSize() throws IOException {
        try (var raw = RawAmqp.open(port, 0x7FF, 4096, 0)) {
            raw.send(declare(1, "", 4));
            byte[] answer = raw.receive().payload();
            String queue = new String(answer, 5, answer[4], StandardCharsets.UTF_8);
            raw.send(publish(1, queue)).send(contentHeader(1, HEADER_OF_PUBLISH, 0, 9000));
            for (int size : new int[] {4088, 4088, 824}) {
                raw.send(frame(3, 1, new byte[size]));
            }
            raw.send(method(1, 60, 70, arguments -> {
                arguments.writeShort(0);
                RawAmqp.shortString(arguments, queue);
                arguments.writeByte(1);
            }));

            assertThat(raw.receive().isMethod(60, 71)).isTrue();
            assertThat(raw.receive().type()).isEqualTo(2);
            assertThat(Arrays.asList(
                            raw.receive().payload().length,
                            raw.receive().payload().length,
                            raw.receive().payload().length))
                    .containsExactly(4088, 4088, 824);
        }
    }

    private RawAmqp open() throws IOException {
        return RawAmqp.open(port, 2047, 131_072, 0);
    }

    private void assertClosed(int code, String text, byte[]... frames) throws IOException {
        try (var raw = open()) {
            for (byte[] frame : frames) {
                raw.send(frame);
            }

            assertThat(raw.receiveClose()).isEqualTo(Closed.connection(code, text));
        }
    }

    private static byte[] declare(int channel) {
        return declare(channel, "", 4);
    }

    private static byte[] declare(int channel, String queue, int bits) {
        return method(channel, 50, 10, arguments -> {
            arguments.writeShort(0);
            RawAmqp.shortString(arguments, queue);
            arguments.writeByte(bits);
            arguments.writeInt(0);
        });
    }
}
