package io.millrace.amqp.codec.wire;

import java.nio.charset.StandardCharsets;

/// Why a channel or the whole connection must close, in the form `channel.close` and `connection.close` carry it.
///
/// @param explanation what follows the code's name in the reply text
/// @param classId class of the method that failed, 0 when no method did
/// @param methodId the method that failed, 0 when none did
public record AmqpError(ReplyCode code, String explanation, int classId, int methodId) {
    private static final int TEXT_BYTES_MAX = 255;
    private static final String CUT = "...";

    /// An error that no method caused.
    public static AmqpError of(ReplyCode code, String explanation) {
        return new AmqpError(code, explanation, 0, 0);
    }

    /// The same error, caused by this method.
    public AmqpError in(int failedClassId, int failedMethodId) {
        return new AmqpError(code, explanation, failedClassId, failedMethodId);
    }

    /// The reply text as RabbitMQ writes it, cut so that it fits into a short string.
    public String text() {
        String text = code.name() + " - " + explanation;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= TEXT_BYTES_MAX) {
            return text;
        }
        int end = TEXT_BYTES_MAX - CUT.length();
        while ((bytes[end] & 0xc0) == 0x80) {
            end--; // never in the middle of a character
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8) + CUT;
    }
}
