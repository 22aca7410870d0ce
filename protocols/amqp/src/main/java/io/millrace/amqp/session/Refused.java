package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.AmqpError;
import io.millrace.amqp.codec.wire.ReplyCode;

/// A method is not done; the channel, or the connection where the code is a hard one, closes with this error. It says
/// nothing about us, so it has no stack.
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient AmqpError error;

    Refused(ReplyCode code, String explanation) {
        super(explanation, null, false, false);
        this.error = AmqpError.of(code, explanation);
    }

    AmqpError error() {
        return error;
    }

    static Refused accessRefused(String explanation) {
        return new Refused(ReplyCode.ACCESS_REFUSED, explanation);
    }

    static Refused notFound(String explanation) {
        return new Refused(ReplyCode.NOT_FOUND, explanation);
    }

    static Refused preconditionFailed(String explanation) {
        return new Refused(ReplyCode.PRECONDITION_FAILED, explanation);
    }

    static Refused notImplemented(String explanation) {
        return new Refused(ReplyCode.NOT_IMPLEMENTED, explanation);
    }

    static Refused notAllowed(String explanation) {
        return new Refused(ReplyCode.NOT_ALLOWED, explanation);
    }
}
