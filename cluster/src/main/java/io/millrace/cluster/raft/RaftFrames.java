package io.millrace.cluster.raft;

import io.millrace.cluster.peer.PeerChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.network.Send;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.SendBuilder;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.requests.ResponseHeader;
import org.apache.kafka.raft.RaftUtil;

/// The engine's messages as frames of [PeerChannel#METADATA], and back. Every node of a cluster has the same engine, so
/// requests have the highest version it knows.
///
/// What is decoded shares no memory with the frame.
final class RaftFrames {
    private RaftFrames() {}

    /// A request and how it was encoded.
    record Request(ApiKeys key, short version, int correlationId, ApiMessage data) {}

    /// The link sets the correlation id.
    static ByteBuffer request(ApiMessage data) {
        ApiKeys key = ApiKeys.forId(data.apiKey());
        short version = key.latestVersion();
        RequestHeader header = new RequestHeader(key, version, PeerChannel.METADATA.clientId(), 0);
        return RequestUtils.serialize(header.data(), header.headerVersion(), data, version);
    }

    /// Empty when it is not a request, or none that this node knows.
    static Optional<Request> decodeRequest(ByteBuffer frame) {
        ByteBuffer bytes = copy(frame);
        try {
            RequestHeader header = RequestHeader.parse(bytes);
            ApiMessage data = AbstractRequest.parseRequest(
                            header.apiKey(), header.apiVersion(), new ByteBufferAccessor(bytes))
                    .request
                    .data();
            return Optional.of(new Request(header.apiKey(), header.apiVersion(), header.correlationId(), data));
        } catch (RuntimeException malformed) {
            // The generated readers answer bad input with half a dozen exception types that have nothing else in
            // common.
            return Optional.empty();
        }
    }

    static ByteBuffer response(Request to, ApiMessage data) {
        ResponseHeader header = new ResponseHeader(to.correlationId(), to.key().responseHeaderVersion(to.version()));
        Send send = SendBuilder.buildResponseSend(header, data, to.version());
        SentBytes bytes = new SentBytes(Math.toIntExact(send.size()));
        try {
            while (!send.completed()) {
                send.writeTo(bytes);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return bytes.frame();
    }

    /// Empty when it is no answer to a request of this kind.
    ///
    /// @param frame from the correlation id on
    static Optional<ApiMessage> decodeResponse(ApiKeys key, ByteBuffer frame) {
        ByteBuffer bytes = copy(frame);
        short version = key.latestVersion();
        try {
            ResponseHeader.parse(bytes, key.responseHeaderVersion(version));
            return Optional.of(AbstractResponse.parseResponse(key, new ByteBufferAccessor(bytes), version)
                    .data());
        } catch (RuntimeException malformed) {
            return Optional.empty(); // as above
        }
    }

    /// What the engine takes for an answer that says nothing but why there is none.
    static ApiMessage failure(ApiKeys key, Errors error) {
        return key == ApiKeys.DESCRIBE_QUORUM
                ? new DescribeQuorumResponseData().setErrorCode(error.code())
                : RaftUtil.errorResponse(key, error);
    }

    private static ByteBuffer copy(ByteBuffer frame) {
        ByteBuffer bytes = ByteBuffer.allocate(frame.remaining());
        return bytes.put(frame.duplicate()).flip();
    }
}
