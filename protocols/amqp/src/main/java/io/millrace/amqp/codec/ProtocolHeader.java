package io.millrace.amqp.codec;

import io.netty.buffer.ByteBuf;

/// The eight octets with which a client begins (section 4.2.2). What is not ours is recognised as far as an operator
/// wants to read it in the log; the answer to all of that is [#writeTo] and the connection's end.
public enum ProtocolHeader {
    AMQP_0_9_1,

    /// Two headers of 0-9, which RabbitMQ takes for 0-9-1.
    AMQP_0_9,
    AMQP_1_0,
    AMQP_1_0_TLS,
    AMQP_1_0_SASL,

    /// Any other version of AMQP, 0-8 among them.
    AMQP_OTHER,

    /// A TLS handshake on a port without TLS.
    TLS,

    /// An HTTP request; that is some browser or probe.
    HTTP,
    OTHER;

    /// How many octets [#read] needs.
    public static final int BYTES = 8;

    private static final int NAME = 0x414d_5150; // "AMQP"
    private static final int GET = 0x4745_5420; // "GET "
    private static final int V_0_9_1 = 0x0000_0901;
    private static final int V_0_9 = 0x0101_0009;
    private static final int V_0_9_LATE = 0x0101_0901;

    /// Reads [#BYTES] octets, which must be there.
    public static ProtocolHeader read(ByteBuf in) {
        int name = in.readInt();
        int version = in.readInt();
        if (name == NAME) {
            return ofVersion(version);
        }
        if (name == GET) {
            return HTTP;
        }
        return name >>> 16 == 0x1603 ? TLS : OTHER;
    }

    /// Whether 0-9-1 is spoken from here on.
    public boolean isServed() {
        return this == AMQP_0_9_1 || this == AMQP_0_9;
    }

    /// Our header, the only answer to one that is not served.
    public static void writeTo(ByteBuf out) {
        out.writeInt(NAME).writeInt(V_0_9_1);
    }

    private static ProtocolHeader ofVersion(int version) {
        return switch (version) {
            case V_0_9_1 -> AMQP_0_9_1;
            case V_0_9, V_0_9_LATE -> AMQP_0_9;
            case 0x0001_0000 -> AMQP_1_0;
            case 0x0201_0000 -> AMQP_1_0_TLS;
            case 0x0301_0000 -> AMQP_1_0_SASL;
            default -> AMQP_OTHER;
        };
    }
}
