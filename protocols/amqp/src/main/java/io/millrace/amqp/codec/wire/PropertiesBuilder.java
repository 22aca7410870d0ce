package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// Makes properties, from nothing or from those of a message.
public final class PropertiesBuilder {
    private final Map<Property, byte[]> values = new EnumMap<>(Property.class);

    PropertiesBuilder() {}

    PropertiesBuilder(BasicProperties from) {
        for (Property property : Property.all()) {
            if (from.has(property)) {
                int at = from.position(property);
                int end = at + PropertiesCheck.size(property.form(), from.shared(), at);
                values.put(property, Arrays.copyOfRange(from.shared(), at, end));
            }
        }
    }

    public PropertiesBuilder without(Property property) {
        values.remove(property);
        return this;
    }

    /// A property that is a short string.
    public PropertiesBuilder text(Property property, String text) {
        require(property, Property.Form.SHORT_STRING);
        ByteBuf out = Unpooled.buffer(1 + ShortStrings.BYTES_MAX);
        ShortStrings.write(out, text);
        return put(property, Arrays.copyOf(out.array(), out.writerIndex()));
    }

    public PropertiesBuilder headers(FieldTable headers) {
        byte[] value = new byte[Integer.BYTES + headers.size()];
        headers.writeTo(Unpooled.wrappedBuffer(value).writerIndex(0));
        return put(Property.HEADERS, value);
    }

    public PropertiesBuilder deliveryMode(int mode) {
        return put(Property.DELIVERY_MODE, new byte[] {(byte) mode});
    }

    public PropertiesBuilder priority(int priority) {
        return put(Property.PRIORITY, new byte[] {(byte) priority});
    }

    /// Seconds since 1970.
    public PropertiesBuilder timestamp(long seconds) {
        byte[] value = new byte[Long.BYTES];
        Unpooled.wrappedBuffer(value).setLong(0, seconds);
        return put(Property.TIMESTAMP, value);
    }

    public BasicProperties build() {
        int flags = 0;
        int size = Short.BYTES;
        for (Map.Entry<Property, byte[]> each : values.entrySet()) {
            flags |= each.getKey().flag();
            size += each.getValue().length;
        }
        ByteBuf out = Unpooled.wrappedBuffer(new byte[size]).writerIndex(0);
        out.writeShort(flags);
        values.values().forEach(out::writeBytes);
        return new BasicProperties(out.array());
    }

    private PropertiesBuilder put(Property property, byte[] value) {
        values.put(property, value);
        return this;
    }

    private static void require(Property property, Property.Form form) {
        if (property.form() != form) {
            throw new IllegalArgumentException(property + " is no " + form);
        }
    }
}
