package io.millrace.amqp.codec.method;

import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.amqp.codec.wire.WireReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// A method frame's payload to the method.
///
/// Fields that do not fill the payload exactly, or a short string that is no UTF-8, are a FRAME_ERROR in RabbitMQ's
/// words. On ids that it does not know, RabbitMQ's reader crashes; the specification has COMMAND_INVALID for a class
/// and NOT_IMPLEMENTED for a method of a known class.
///
/// Owned by: one connection's loop; all its channels share it.
public final class MethodDecoder {
    private static final int IDS_BYTES = 4;

    private final WireReader reader = new WireReader();

    /// Reads all of `payload`, which keeps its indexes and is not referred to afterwards.
    public Decoded<AmqpMethod> decode(ByteBuf payload) {
        if (payload.readableBytes() < IDS_BYTES) {
            return new Decoded.Malformed<>(AmqpError.of(ReplyCode.FRAME_ERROR, "a method without ids"));
        }
        int classId = payload.getUnsignedShort(payload.readerIndex());
        int methodId = payload.getUnsignedShort(payload.readerIndex() + Short.BYTES);
        reader.begin(payload, IDS_BYTES);
        AmqpMethod method = fields(classId, methodId);
        AmqpError fault = reader.finish();
        if (method == null) {
            return new Decoded.Malformed<>(unknown(classId, methodId));
        }
        if (fault == null) {
            return new Decoded.Complete<>(method);
        }
        boolean nameless = fault == WireReader.BAD_UTF8 && classId != ConnectionMethods.CLASS_ID;
        return new Decoded.Malformed<>(nameless ? fault : fault.in(classId, methodId));
    }

    private @Nullable AmqpMethod fields(int classId, int methodId) {
        return switch (classId) {
            case BasicMethods.CLASS_ID -> BasicMethods.decode(methodId, reader);
            case ConnectionMethods.CLASS_ID -> ConnectionMethods.decode(methodId, reader);
            case ChannelMethods.CLASS_ID -> ChannelMethods.decode(methodId, reader);
            case AccessMethods.CLASS_ID -> AccessMethods.decode(methodId, reader);
            case ExchangeMethods.CLASS_ID -> ExchangeMethods.decode(methodId, reader);
            case QueueMethods.CLASS_ID -> QueueMethods.decode(methodId, reader);
            case ConfirmMethods.CLASS_ID -> ConfirmMethods.decode(methodId, reader);
            case TxMethods.CLASS_ID -> TxMethods.decode(methodId);
            default -> null;
        };
    }

    private static AmqpError unknown(int classId, int methodId) {
        return switch (classId) {
            case BasicMethods.CLASS_ID,
                    ConnectionMethods.CLASS_ID,
                    ChannelMethods.CLASS_ID,
                    AccessMethods.CLASS_ID,
                    ExchangeMethods.CLASS_ID,
                    QueueMethods.CLASS_ID,
                    ConfirmMethods.CLASS_ID,
                    TxMethods.CLASS_ID ->
                AmqpError.of(ReplyCode.NOT_IMPLEMENTED, "unknown method " + methodId + " of class " + classId)
                        .in(classId, methodId);
            default ->
                AmqpError.of(ReplyCode.COMMAND_INVALID, "unknown class " + classId)
                        .in(classId, methodId);
        };
    }
}
