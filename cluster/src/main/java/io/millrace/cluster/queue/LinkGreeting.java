package io.millrace.cluster.queue;

import io.millrace.cluster.peer.PeerChannel;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/// The first frame each way on a connection for queues, before any [LinkOrder]: which version of what follows is
/// spoken, and who calls. The one who dialled wraps it in Kafka's Envelope, as all that nodes open connections with.
public final class LinkGreeting {
    /// Of orders and notices, as this build speaks them. In 2 long octets came apart from their unit, in 3
    /// the greeting said who calls, and messages had lines of their own.
    public static final byte VERSION = 3;

    private static final short ENVELOPE_VERSION = 0;
    private static final byte MESSAGES = 1;
    private static final byte HOLDS = 2;
    private static final int CALLER_BYTES = Byte.BYTES + 2 * Integer.BYTES + Byte.BYTES;

    /// What was heard from the one who dialled.
    public sealed interface Hello {
        record From(LineCaller caller) implements Hello {}

        /// Its release speaks otherwise.
        record Other() implements Hello {}

        record Nonsense() implements Hello {}
    }

    private LinkGreeting() {}

    /// From the one who dialled.
    public static ByteBuffer hello(LineCaller caller) {
        ByteBuffer content = ByteBuffer.allocate(CALLER_BYTES)
                .put(VERSION)
                .putInt(caller.nodeId())
                .putInt(caller.loop())
                .put(caller.use() == LineUse.MESSAGES ? MESSAGES : HOLDS)
                .flip();
        EnvelopeRequestData data = new EnvelopeRequestData()
                .setRequestData(content)
                .setRequestPrincipal(new byte[0])
                .setClientHostAddress(new byte[0]);
        RequestHeader header = new RequestHeader(ApiKeys.ENVELOPE, ENVELOPE_VERSION, PeerChannel.QUEUES.clientId(), 0);
        return RequestUtils.serialize(header.data(), header.headerVersion(), data, ENVELOPE_VERSION);
    }

    /// Reads what the one who dialled said.
    public static Hello read(ByteBuffer hello) {
        ByteBuffer bytes = hello.duplicate();
        try {
            RequestHeader header = RequestHeader.parse(bytes);
            if (header.apiKey() != ApiKeys.ENVELOPE || header.apiVersion() != ENVELOPE_VERSION) {
                return new Hello.Nonsense();
            }
            return from(new EnvelopeRequestData(new ByteBufferAccessor(bytes), ENVELOPE_VERSION).requestData());
        } catch (RuntimeException malformed) {
            // The generated readers answer bad input with half a dozen exception types that have nothing else in
            // common.
            return new Hello.Nonsense();
        }
    }

    private static Hello from(ByteBuffer content) {
        if (content.remaining() != CALLER_BYTES || content.get() != VERSION) {
            return new Hello.Other();
        }
        int nodeId = content.getInt();
        int loop = content.getInt();
        return switch (content.get()) {
            case MESSAGES -> new Hello.From(new LineCaller(nodeId, loop, LineUse.MESSAGES));
            case HOLDS -> new Hello.From(new LineCaller(nodeId, loop, LineUse.HOLDS));
            default -> new Hello.Nonsense();
        };
    }

    /// From the one who was dialled.
    public static ByteBuffer welcome() {
        return ByteBuffer.wrap(new byte[] {VERSION});
    }

    public static boolean isWelcome(ByteBuffer frame) {
        return frame.remaining() == 1 && frame.get(frame.position()) == VERSION;
    }
}
