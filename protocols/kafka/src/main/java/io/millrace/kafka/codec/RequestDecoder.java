package io.millrace.kafka.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;

/// Frame to request. Record batches come out as slices of the frame; everything else is copied out of it.
///
/// Header and body are two steps, because only whoever knows which versions are served can say whether the body may be
/// looked at.
public final class RequestDecoder {
    /// The fixed part of every header: key, version, correlation id, length of the client id.
    private static final int FIXED_HEAD_BYTES = 10;

    private static final int FLEXIBLE_HEADER_VERSION = 2;

    /// As many as kafka-clients accepts in a body.
    private static final int TAGS_MAX = 10_000;

    private RequestDecoder() {}

    /// Reads the header (versions 1 and 2; no API on this listener has version 0) and leaves `frame` positioned at the
    /// body. The client id is never in compact form, and tags (KIP-482) are skipped.
    public static Decoded<RequestHead> head(ByteBuffer frame) {
        if (frame.remaining() < FIXED_HEAD_BYTES) {
            return new Decoded.Malformed<>("frame of " + frame.remaining() + " bytes is shorter than a header");
        }
        short key = frame.getShort();
        short version = frame.getShort();
        int correlationId = frame.getInt();
        short length = frame.getShort();
        if (length < -1 || length > frame.remaining()) {
            return new Decoded.Malformed<>("client id of length " + length);
        }
        String clientId = length <= 0 ? "" : readUtf8(frame, length);
        RequestHead head = new RequestHead(key, version, correlationId, clientId);
        if (ApiKeys.hasId(key) && ApiKeys.forId(key).requestHeaderVersion(version) >= FLEXIBLE_HEADER_VERSION) {
            return skipTags(frame)
                    ? new Decoded.Complete<>(head)
                    : new Decoded.Malformed<>("broken tags in the header");
        }
        return new Decoded.Complete<>(head);
    }

    /// Reads the body behind a header.
    public static Decoded<AbstractRequest> body(ApiKeys key, short version, ByteBuffer body) {
        int start = body.position();
        try {
            return new Decoded.Complete<>(
                    AbstractRequest.parseRequest(key, version, new ByteBufferAccessor(body)).request);
        } catch (RuntimeException e) {
            // The generated readers answer bad input with half a dozen exception types that have nothing else in common
            // (SchemaException, BufferUnderflowException, plain RuntimeException, ...). They end here and nowhere else.
            return new Decoded.Malformed<>("%s version %d can not be read: the field at byte %d of %d breaks the layout"
                    .formatted(key, version, body.position() - start, body.limit() - start));
        }
    }

    private static String readUtf8(ByteBuffer frame, int length) {
        if (frame.hasArray()) {
            String text =
                    new String(frame.array(), frame.arrayOffset() + frame.position(), length, StandardCharsets.UTF_8);
            frame.position(frame.position() + length);
            return text;
        }
        byte[] bytes = new byte[length];
        frame.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean skipTags(ByteBuffer frame) {
        int count = readUnsignedVarint(frame);
        if (count < 0 || count > TAGS_MAX) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int tag = readUnsignedVarint(frame);
            int size = readUnsignedVarint(frame);
            if (tag < 0 || size < 0 || size > frame.remaining()) {
                return false;
            }
            frame.position(frame.position() + size);
        }
        return true;
    }

    /// Returns -1 when the bytes end too soon or the value does not fit into 31 bits.
    private static int readUnsignedVarint(ByteBuffer frame) {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            if (!frame.hasRemaining()) {
                return -1;
            }
            byte next = frame.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return shift == 28 && next > 7 ? -1 : value;
            }
        }
        return -1;
    }
}
