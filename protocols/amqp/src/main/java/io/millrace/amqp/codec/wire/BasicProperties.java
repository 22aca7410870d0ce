package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The fourteen properties of a message (class `basic`), as the bytes of the content header, flags included. Immutable.
///
/// The bytes were checked as a whole, headers too, when the view was made; so every accessor is total, decodes only
/// what it is asked for, and consumers of this protocol get the bytes of the publisher.
public final class BasicProperties {
    /// No property at all.
    public static final BasicProperties EMPTY = new BasicProperties(new byte[Short.BYTES]);

    private final byte[] bytes;

    BasicProperties(byte[] bytes) {
        this.bytes = bytes;
    }

    /// From bytes that must never change again.
    public static Decoded<BasicProperties> decode(byte[] bytes) {
        return PropertiesCheck.check(bytes);
    }

    public static PropertiesBuilder builder() {
        return new PropertiesBuilder();
    }

    /// With these properties set; what is set again replaces what is here.
    public PropertiesBuilder toBuilder() {
        return new PropertiesBuilder(this);
    }

    /// Octets on the wire.
    public int size() {
        return bytes.length;
    }

    /// The bytes, flags first, to be stored beside a message. [#decode(byte[])] reads them.
    public byte[] octets() {
        return bytes.clone();
    }

    public void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }

    public boolean has(Property property) {
        return (flags() & property.flag()) != 0;
    }

    public Optional<String> contentType() {
        return text(Property.CONTENT_TYPE);
    }

    public Optional<String> contentEncoding() {
        return text(Property.CONTENT_ENCODING);
    }

    /// [FieldTable#EMPTY] without headers. No header is decoded by this.
    public FieldTable headers() {
        if (!has(Property.HEADERS)) {
            return FieldTable.EMPTY;
        }
        int at = position(Property.HEADERS);
        int from = at + Integer.BYTES;
        return new FieldTable(bytes, from, from + BigEndian.int32(bytes, at));
    }

    public OptionalInt deliveryMode() {
        return octet(Property.DELIVERY_MODE);
    }

    /// Whether the delivery mode is 2.
    public boolean isPersistent() {
        return has(Property.DELIVERY_MODE) && bytes[position(Property.DELIVERY_MODE)] == 2;
    }

    public OptionalInt priority() {
        return octet(Property.PRIORITY);
    }

    public Optional<String> correlationId() {
        return text(Property.CORRELATION_ID);
    }

    public Optional<String> replyTo() {
        return text(Property.REPLY_TO);
    }

    /// Milliseconds as text; whether it is a number is for the session to say.
    public Optional<String> expiration() {
        return text(Property.EXPIRATION);
    }

    public Optional<String> messageId() {
        return text(Property.MESSAGE_ID);
    }

    /// Seconds since 1970, 64 bits without sign.
    public OptionalLong timestamp() {
        return has(Property.TIMESTAMP)
                ? OptionalLong.of(BigEndian.int64(bytes, position(Property.TIMESTAMP)))
                : OptionalLong.empty();
    }

    public Optional<String> type() {
        return text(Property.TYPE);
    }

    public Optional<String> userId() {
        return text(Property.USER_ID);
    }

    public Optional<String> appId() {
        return text(Property.APP_ID);
    }

    public Optional<String> clusterId() {
        return text(Property.CLUSTER_ID);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BasicProperties that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("BasicProperties");
        for (Property property : Property.all()) {
            if (has(property)) {
                text.append(' ').append(property.name()).append('=').append(describe(property));
            }
        }
        return text.toString();
    }

    /// Where the property's bytes are, which are there: for the builder to copy.
    int position(Property property) {
        int at = Short.BYTES;
        int left = flags() & -(property.flag() << 1); // those that stand before it
        while (left != 0) {
            Property before = Property.firstOf(left);
            left ^= before.flag();
            at += PropertiesCheck.size(before.form(), bytes, at);
        }
        return at;
    }

    byte[] shared() {
        return bytes;
    }

    private int flags() {
        return BigEndian.uint16(bytes, 0);
    }

    private Optional<String> text(Property property) {
        if (!has(property)) {
            return Optional.empty();
        }
        int at = position(property);
        return Optional.of(ShortStrings.decode(bytes, at + 1, BigEndian.uint8(bytes, at)));
    }

    private OptionalInt octet(Property property) {
        return has(property) ? OptionalInt.of(BigEndian.uint8(bytes, position(property))) : OptionalInt.empty();
    }

    private Object describe(Property property) {
        return switch (property.form()) {
            case SHORT_STRING -> text(property).orElse("");
            case OCTET -> octet(property).orElse(0);
            case TIMESTAMP -> timestamp().orElse(0);
            case TABLE -> headers();
        };
    }
}
