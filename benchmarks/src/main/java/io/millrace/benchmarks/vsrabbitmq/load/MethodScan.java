package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.Frame;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Walks over what a socket brought, frame by frame, and looks at no more than it is asked for.
///
/// Owned by: the load's thread.
final class MethodScan {
    static final int BASIC_DELIVER = 60 << 16 | 60;
    static final int BASIC_ACK = 60 << 16 | 80;

    private static final int SIZE_AT = 3;

    private final ByteBuffer in;
    private final OnMethod onMethod;
    private OnBody onBody = (_, _) -> {};

    /// Takes a method.
    @FunctionalInterface
    interface OnMethod {
        /// @param ids class id and method id
        /// @param fieldsAt where the method's fields begin
        void method(int ids, ByteBuffer in, int fieldsAt) throws LoadFailure;
    }

    /// Takes a body.
    @FunctionalInterface
    interface OnBody {
        void body(ByteBuffer in, int bodyAt);
    }

    /// @param bytes more than the largest frame
    MethodScan(int bytes, OnMethod onMethod) {
        this.in = ByteBuffer.allocateDirect(bytes);
        this.onMethod = onMethod;
    }

    void onBody(OnBody taker) {
        onBody = taker;
    }

    void read(SocketChannel socket) throws IOException {
        if (socket.read(in) < 0) {
            throw new LoadFailure("the broker closed a connection");
        }
        int end = in.position();
        int at = 0;
        while (end - at >= Frame.EMPTY_BYTES) {
            int whole = Frame.EMPTY_BYTES + in.getInt(at + SIZE_AT);
            if (whole > in.capacity()) {
                throw new LoadFailure("a frame of " + whole + " bytes");
            }
            if (end - at < whole) {
                break;
            }
            take(in.get(at), at + Frame.HEAD_BYTES);
            at += whole;
        }
        in.limit(end).position(at);
        in.compact();
    }

    private void take(int type, int payloadAt) throws LoadFailure {
        if (type == Frame.TYPE_METHOD) {
            onMethod.method(in.getInt(payloadAt), in, payloadAt + Integer.BYTES);
        } else if (type == Frame.TYPE_BODY) {
            onBody.body(in, payloadAt);
        }
    }
}
