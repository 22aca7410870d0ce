package io.millrace.cluster.queue;

import io.millrace.cluster.peer.PeerChannel;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/// The first frame each way on a connection for queues, before any [LinkOrder]: which version of what follows is
/// spoken. The one who dialled wraps it in Kafka's Envelope, as all that nodes open connections with.
public final class LinkGreeting {
    /// Of orders and notices, as this build speaks them. In 2 long octets came apart from their unit.
    public static final byte VERSION = 2;

    private static final short ENVELOPE_VERSION = 0;

    private LinkGreeting() {}

    /// From the one who dialled.
    public static ByteBuffer hello() {
        EnvelopeRequestData data = new EnvelopeRequestData()
                .setRequestData(welcome())
                .setRequestPrincipal(new byte[0])
                .setClientHostAddress(new byte[0]);
        RequestHeader header = new RequestHeader(ApiKeys.ENVELOPE, ENVELOPE_VERSION, PeerChannel.QUEUES.clientId(), 0);
        return RequestUtils.serialize(header.data(), header.headerVersion(), data, ENVELOPE_VERSION);
    }

    /// Whether the one who dialled speaks as we do; empty when that was no greeting.
    public static Optional<Boolean> isUnderstood(ByteBuffer hello) {
        ByteBuffer bytes = hello.duplicate();
        try {
            RequestHeader header = RequestHeader.parse(bytes);
            if (header.apiKey() != ApiKeys.ENVELOPE || header.apiVersion() != ENVELOPE_VERSION) {
                return Optional.empty();
            }
            ByteBuffer content = new EnvelopeRequestData(new ByteBufferAccessor(bytes), ENVELOPE_VERSION).requestData();
            return Optional.of(isWelcome(content));
        } catch (RuntimeException malformed) {
            // The generated readers answer bad input with half a dozen exception types that have nothing else in
            // common.
            return Optional.empty();
        }
    }

    /// From the one who was dialled.
    public static ByteBuffer welcome() {
        return ByteBuffer.wrap(new byte[] {VERSION});
    }

    public static boolean isWelcome(ByteBuffer frame) {
        return frame.remaining() == 1 && frame.get(frame.position()) == VERSION;
    }
}
