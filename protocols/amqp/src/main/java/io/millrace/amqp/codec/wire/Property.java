package io.millrace.amqp.codec.wire;

import java.util.List;

/// The properties of class `basic`, in the order of their flags and of their values.
public enum Property {
    CONTENT_TYPE(0x8000, Form.SHORT_STRING),
    CONTENT_ENCODING(0x4000, Form.SHORT_STRING),
    HEADERS(0x2000, Form.TABLE),
    DELIVERY_MODE(0x1000, Form.OCTET),
    PRIORITY(0x0800, Form.OCTET),
    CORRELATION_ID(0x0400, Form.SHORT_STRING),
    REPLY_TO(0x0200, Form.SHORT_STRING),
    EXPIRATION(0x0100, Form.SHORT_STRING),
    MESSAGE_ID(0x0080, Form.SHORT_STRING),
    TIMESTAMP(0x0040, Form.TIMESTAMP),
    TYPE(0x0020, Form.SHORT_STRING),
    USER_ID(0x0010, Form.SHORT_STRING),
    APP_ID(0x0008, Form.SHORT_STRING),
    CLUSTER_ID(0x0004, Form.SHORT_STRING);

    /// The bit of the first property, counted from an int's highest.
    private static final int FIRST_BIT = 16;

    private static final List<Property> ALL = List.of(values());

    private final int flag;
    private final Form form;

    Property(int flag, Form form) {
        this.flag = flag;
        this.form = form;
    }

    /// How a property's value stands on the wire.
    enum Form {
        SHORT_STRING,
        OCTET,
        TIMESTAMP,
        TABLE
    }

    /// In the order of the wire.
    static List<Property> all() {
        return ALL;
    }

    /// The first, in the order of the wire, of the properties whose bits are in `flags`, which has one.
    static Property firstOf(int flags) {
        return ALL.get(Integer.numberOfLeadingZeros(flags) - FIRST_BIT);
    }

    Form form() {
        return form;
    }

    /// Its bit in the first flag word.
    int flag() {
        return flag;
    }
}
