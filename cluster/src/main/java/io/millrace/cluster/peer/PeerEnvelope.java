package io.millrace.cluster.peer;

import io.millrace.model.Lease;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;

/// Our own bytes inside Kafka's Envelope (key 58), which is how they travel on [PeerChannel#CONTROL]. Where Kafka has
/// the principal of the client for whom a node asks, this has what the bytes are and which node sends them.
///
/// @param kind what the bytes are
/// @param nodeId who sends them
/// @param correlationId to be repeated in the answer
/// @param content shares the frame's memory
public record PeerEnvelope(Kind kind, int nodeId, int correlationId, ByteBuffer content) {
    private static final short VERSION = 0;
    private static final byte LAYOUT = 1;
    private static final int SENDER_BYTES = 2 + Integer.BYTES;

    /// What an envelope holds.
    public enum Kind {
        /// Nodes that do not know each other yet: who are you?
        INTRODUCTION((byte) 0),
        /// What a node asks of the controller.
        CALL((byte) 1),
        /// What a node is asked of itself, for management. Who does not know it hangs up, so it is asked only at the
        /// level that brought it, [io.millrace.cluster.metadata.MetadataLevel#TOPOLOGY].
        QUESTION((byte) 2);

        private final byte code;

        Kind(byte code) {
            this.code = code;
        }
    }

    /// The request's frame; the link sets the correlation id.
    public static ByteBuffer request(Kind kind, int nodeId, ByteBuffer content) {
        byte[] sender = new byte[SENDER_BYTES];
        ByteBuffer.wrap(sender).put(LAYOUT).put(kind.code).putInt(nodeId);
        EnvelopeRequestData data = new EnvelopeRequestData()
                .setRequestData(content.duplicate())
                .setRequestPrincipal(sender)
                .setClientHostAddress(new byte[0]);
        RequestHeader header = new RequestHeader(ApiKeys.ENVELOPE, VERSION, PeerChannel.CONTROL.clientId(), 0);
        return RequestUtils.serialize(header.data(), header.headerVersion(), data, VERSION);
    }

    /// Empty when the frame is not such a request.
    public static Optional<PeerEnvelope> of(ByteBuffer frame) {
        ByteBuffer bytes = frame.duplicate();
        try {
            RequestHeader header = RequestHeader.parse(bytes);
            if (header.apiKey() != ApiKeys.ENVELOPE || header.apiVersion() != VERSION) {
                return Optional.empty();
            }
            EnvelopeRequestData data = new EnvelopeRequestData(new ByteBufferAccessor(bytes), VERSION);
            return of(data, header.correlationId());
        } catch (RuntimeException malformed) {
            // The generated readers answer bad input with half a dozen exception types that have nothing else in
            // common.
            return Optional.empty();
        }
    }

    private static Optional<PeerEnvelope> of(EnvelopeRequestData data, int correlationId) {
        byte[] sender = data.requestPrincipal();
        if (sender == null || sender.length != SENDER_BYTES || sender[0] != LAYOUT) {
            return Optional.empty();
        }
        int nodeId = ByteBuffer.wrap(sender).getInt(2);
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.code == sender[1])
                .findFirst()
                .map(kind -> new PeerEnvelope(kind, nodeId, correlationId, data.requestData()));
    }

    /// The answer's frame, from the correlation id on.
    public ByteBuffer response(ByteBuffer answer) {
        ResponseHeader header = new ResponseHeader(correlationId, ApiKeys.ENVELOPE.responseHeaderVersion(VERSION));
        EnvelopeResponseData data = new EnvelopeResponseData().setResponseData(answer);
        return RequestUtils.serialize(header.data(), header.headerVersion(), data, VERSION);
    }

    /// What is in an answer; one without content counts as a connection that closed.
    public static PeerAnswer opened(PeerAnswer answer) {
        return switch (answer) {
            case PeerAnswer.Failed failed -> failed;
            case PeerAnswer.Frame(ByteBuffer bytes, Lease lease) ->
                content(bytes)
                        .<PeerAnswer>map(content -> new PeerAnswer.Frame(content, lease))
                        .orElseGet(() -> new PeerAnswer.Failed(
                                PeerAnswer.Reason.CLOSED, true, "an answer that can not be read"));
        };
    }

    private static Optional<ByteBuffer> content(ByteBuffer frame) {
        ByteBuffer bytes = frame.duplicate();
        try {
            ResponseHeader.parse(bytes, ApiKeys.ENVELOPE.responseHeaderVersion(VERSION));
            return Optional.ofNullable(new EnvelopeResponseData(new ByteBufferAccessor(bytes), VERSION).responseData());
        } catch (RuntimeException malformed) {
            return Optional.empty(); // as above
        }
    }
}
