package io.millrace.benchmarks.vskafka.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;

/// A request's bytes with their length in front, built once by Kafka's own code.
final class RequestFrame {
    /// Length, API key and API version come before the correlation id in every request header.
    static final int CORRELATION_POSITION = Integer.BYTES + 2 * Short.BYTES;

    private RequestFrame() {}

    static byte[] encode(ApiKeys key, short version, ApiMessage body) {
        RequestHeader header = new RequestHeader(key, version, KafkaWire.CLIENT_ID, 0);
        ByteBuffer request = RequestUtils.serialize(header.data(), header.headerVersion(), body, version);
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + request.remaining());
        frame.putInt(request.remaining()).put(request);
        return frame.array();
    }

    /// The only place these bytes occur behind the header.
    static int positionOf(byte[] needle, byte[] frame) {
        int from = CORRELATION_POSITION + Integer.BYTES + Short.BYTES + KafkaWire.CLIENT_ID.length();
        for (int position = from; position + needle.length <= frame.length; position++) {
            if (Arrays.equals(frame, position, position + needle.length, needle, 0, needle.length)) {
                return position;
            }
        }
        throw new IllegalArgumentException("the frame does not name its topic");
    }
}
