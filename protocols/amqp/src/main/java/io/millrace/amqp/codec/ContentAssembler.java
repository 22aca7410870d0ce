package io.millrace.amqp.codec;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.MethodDecoder;
import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// One channel's frames to methods and messages: a method that has content is followed by its header, and that by as
/// many bodies as it takes (section 4.2.6). The order of checks, the codes and the words are RabbitMQ's.
///
/// A body in one frame is passed on as it is. One in several is copied together, into memory that grows with what has
/// arrived: keeping small frames would keep the far larger buffers they came in.
///
/// Owned by: one connection's loop. After [Assembled.Failed] only [#close] may follow.
public final class ContentAssembler {
    /// Beyond this RabbitMQ closes the connection, whatever its configuration says.
    public static final long BODY_BYTES_LIMIT = 512L * 1024 * 1024;

    /// RabbitMQ's `max_message_size` up to 3.13.
    public static final int BODY_BYTES_MAX_3 = 128 * 1024 * 1024;

    /// RabbitMQ's `max_message_size` since 4.0.
    public static final int BODY_BYTES_MAX_4 = 16 * 1024 * 1024;

    private static final int UNCOUNTED_BYTES_MAX = 1024;

    private static final int WEIGHT_AT = 2;
    private static final int BODY_SIZE_AT = 4;
    private static final int PROPERTIES_AT = 12;

    /// Stands for the method while none is waiting for its content; never handed out.
    private static final AmqpMethod NONE = new BasicMethods.RecoverOk();

    private final MethodDecoder decoder;
    private final int bodyBytesMax;

    private Awaited awaited = Awaited.METHOD;
    private AmqpMethod method = NONE;
    private BasicProperties properties = BasicProperties.EMPTY;
    private int bodySize;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;

    /// @param decoder the connection's
    /// @param bodyBytesMax a larger message closes its channel
    public ContentAssembler(MethodDecoder decoder, int bodyBytesMax) {
        this.decoder = decoder;
        this.bodyBytesMax = bodyBytesMax;
    }

    private enum Awaited {
        METHOD,
        HEADER,
        BODY
    }

    /// Takes the channel's next frame, whose bytes stay the caller's.
    public Assembled onFrame(Frame frame) {
        return switch (awaited) {
            case METHOD ->
                frame instanceof Frame.Method(int _, ByteBuf payload)
                        ? onMethod(payload)
                        : failed(AmqpError.of(
                                ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead"));
            case HEADER -> frame instanceof Frame.Header(int _, ByteBuf payload) ? onHeader(payload) : notAHeader();
            case BODY -> frame instanceof Frame.Body(int _, ByteBuf payload) ? onBody(payload) : notABody();
        };
    }

    /// Octets of an unfinished message that are kept here; few of properties alone do not count.
    public int heldBytes() {
        return body.readableBytes() + (properties.size() > UNCOUNTED_BYTES_MAX ? properties.size() : 0);
    }

    /// Lets go of an unfinished message. The next frame must be a method.
    public void close() {
        body.release();
        reset();
    }

    private Assembled onMethod(ByteBuf payload) {
        return switch (decoder.decode(payload)) {
            case Decoded.Malformed<AmqpMethod>(AmqpError error) -> failed(error);
            case Decoded.Complete<AmqpMethod>(AmqpMethod decoded) -> {
                if (!decoded.hasContent()) {
                    yield new Assembled.Command(decoded);
                }
                method = decoded;
                awaited = Awaited.HEADER;
                yield Assembled.Incomplete.INSTANCE;
            }
        };
    }

    private Assembled onHeader(ByteBuf payload) {
        int at = payload.readerIndex();
        int classId = payload.getUnsignedShort(at);
        if (payload.getUnsignedShort(at + WEIGHT_AT) != 0) {
            return notAHeader();
        }
        if (classId != method.classId()) {
            return unexpected("expected content header for class " + method.classId() + ", got one for class " + classId
                    + " instead");
        }
        long size = payload.getLong(at + BODY_SIZE_AT);
        if (size < 0 || size > bodyBytesMax) {
            return tooLarge(size);
        }
        byte[] octets = new byte[payload.readableBytes() - PROPERTIES_AT];
        payload.getBytes(at + PROPERTIES_AT, octets);
        return switch (BasicProperties.decode(octets)) {
            case Decoded.Malformed<BasicProperties>(AmqpError error) -> failed(error);
            case Decoded.Complete<BasicProperties>(BasicProperties decoded) -> {
                properties = decoded;
                bodySize = (int) size;
                awaited = Awaited.BODY;
                yield bodySize == 0 ? message(Unpooled.EMPTY_BUFFER) : Assembled.Incomplete.INSTANCE;
            }
        };
    }

    private Assembled onBody(ByteBuf payload) {
        int size = payload.readableBytes();
        if (size > bodySize - body.readableBytes()) {
            return notABody(); // one that is too long is none, says RabbitMQ 3.10
        }
        if (size == bodySize) {
            return message(payload.retain());
        }
        if (size > 0) {
            keep(payload, size);
        }
        return body.readableBytes() == bodySize ? message(body) : Assembled.Incomplete.INSTANCE;
    }

    private void keep(ByteBuf payload, int size) {
        if (!body.isReadable()) {
            body = payload.alloc().buffer(size, bodySize);
        }
        body.writeBytes(payload, payload.readerIndex(), size);
    }

    private Assembled message(ByteBuf whole) {
        Assembled message = new Assembled.Message(method, properties, whole);
        reset();
        return message;
    }

    private void reset() {
        awaited = Awaited.METHOD;
        method = NONE;
        properties = BasicProperties.EMPTY;
        bodySize = 0;
        body = Unpooled.EMPTY_BUFFER;
    }

    /// RabbitMQ takes a message of up to [#BODY_BYTES_LIMIT] in, and closes the channel then; here nothing is taken in.
    private Assembled tooLarge(long size) {
        if (size < 0 || size > BODY_BYTES_LIMIT) {
            return failed(AmqpError.of(
                    ReplyCode.FRAME_ERROR,
                    "content body size " + Long.toUnsignedString(size) + " exceeds maximum allowed size "
                            + BODY_BYTES_LIMIT));
        }
        return failed(AmqpError.of(
                ReplyCode.PRECONDITION_FAILED,
                "message size " + size + " is larger than configured max size " + bodyBytesMax));
    }

    private Assembled notAHeader() {
        return unexpected(
                "expected content header for class " + method.classId() + ", got non content header frame instead");
    }

    private Assembled notABody() {
        return unexpected("expected content body, got non content body frame instead");
    }

    private Assembled unexpected(String explanation) {
        return failed(AmqpError.of(ReplyCode.UNEXPECTED_FRAME, explanation));
    }

    private Assembled failed(AmqpError error) {
        boolean ofMethod = awaited != Awaited.METHOD;
        return new Assembled.Failed(ofMethod ? error.in(method.classId(), method.methodId()) : error);
    }
}
