package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;

/// Bytes as they stand in RabbitMQ's error texts.
public final class ErlangTerms {
    /// More never fits into a reply text.
    private static final int OCTETS_MAX = 255;

    private ErlangTerms() {}

    /// `<<1,2,3>>`
    public static String binary(ByteBuf in, int from, int to) {
        StringBuilder text = new StringBuilder("<<");
        for (int i = from; i < to && i < from + OCTETS_MAX; i++) {
            text.append(i == from ? "" : ",").append(in.getUnsignedByte(i));
        }
        return text.append(">>").toString();
    }

    /// As [#binary], or `<<"text">>` where all octets are printable ASCII.
    public static String textOrBinary(ByteBuf in, int from, int to) {
        StringBuilder text = new StringBuilder("<<\"");
        for (int i = from; i < to; i++) {
            int octet = in.getUnsignedByte(i);
            if (octet < ' ' || octet > '~') {
                return binary(in, from, to);
            }
            text.append(octet == '"' || octet == '\\' ? "\\" : "").append((char) octet);
        }
        return from == to ? "<<>>" : text.append("\">>").toString();
    }
}
