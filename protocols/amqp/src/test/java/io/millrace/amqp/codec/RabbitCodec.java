package io.millrace.amqp.codec;

import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.LongStringHelper;
import com.rabbitmq.client.impl.Method;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.FieldTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// RabbitMQ's Java client reading what we write, and writing what we read.
final class RabbitCodec {
    /// Fields that are reserved, and that our records leave out, behind the others; a ticket is the first field.
    private static final Map<String, List<Object>> RESERVED = Map.of(
            "Connection$Open", List.of("", false),
            "Connection$OpenOk", List.of(""),
            "Channel$Open", List.of(""),
            "Channel$OpenOk", List.of(LongStringHelper.asLongString("")),
            "Basic$GetEmpty", List.of(""));

    private RabbitCodec() {}

    static com.rabbitmq.client.impl.Frame frame(ByteBuf bytes) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(ByteBufUtil.getBytes(bytes)));
        return com.rabbitmq.client.impl.Frame.readFrom(in, () -> Integer.MAX_VALUE);
    }

    /// All frames in the bytes.
    static List<com.rabbitmq.client.impl.Frame> frames(ByteBuf bytes) throws IOException {
        var source = new ByteArrayInputStream(ByteBufUtil.getBytes(bytes));
        var in = new DataInputStream(source);
        List<com.rabbitmq.client.impl.Frame> frames = new ArrayList<>();
        while (source.available() > 0) {
            frames.add(com.rabbitmq.client.impl.Frame.readFrom(in, () -> Integer.MAX_VALUE));
        }
        return frames;
    }

    static Method method(ByteBuf bytes) throws IOException {
        return AMQImpl.readMethodFrom(frame(bytes).getInputStream());
    }

    static ByteBuf bytes(com.rabbitmq.client.impl.Frame frame) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        frame.writeTo(out);
        out.flush();
        return Unpooled.wrappedBuffer(bytes.toByteArray());
    }

    /// Their method with the fields of ours.
    static Method like(AmqpMethod ours) {
        try {
            return reflected(ours);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(ours.toString(), e);
        }
    }

    private static Method reflected(AmqpMethod ours) throws ReflectiveOperationException {
        String name = ours.getClass().getName();
        String theirs = name.substring(name.lastIndexOf('.') + 1).replace("Methods$", "$");
        Constructor<?> constructor = Arrays.stream(
                        Class.forName(AMQImpl.class.getName() + "$" + theirs).getConstructors())
                .filter(each -> !Arrays.asList(each.getParameterTypes())
                        .contains(com.rabbitmq.client.impl.MethodArgumentReader.class))
                .findFirst()
                .orElseThrow();
        Class<?>[] types = constructor.getParameterTypes();
        List<Object> fields = new ArrayList<>();
        for (RecordComponent each : ours.getClass().getRecordComponents()) {
            fields.add(each.getAccessor().invoke(ours));
        }
        if (RESERVED.containsKey(theirs)) {
            fields.addAll(RESERVED.get(theirs));
        } else if (fields.size() < types.length) {
            fields.addFirst(0);
        }
        for (int i = 0; i < types.length; i++) {
            fields.set(i, like(fields.get(i), types[i]));
        }
        return (Method) constructor.newInstance(fields.toArray());
    }

    static Map<String, Object> like(FieldTable table) {
        ByteBuf out = Unpooled.buffer();
        table.writeTo(out);
        try {
            return new com.rabbitmq.client.impl.ValueReader(
                            new DataInputStream(new ByteArrayInputStream(ByteBufUtil.getBytes(out))))
                    .readTable();
        } catch (IOException e) {
            throw new AssertionError("RabbitMQ's client does not read " + table, e);
        }
    }

    static FieldTable table(Map<String, Object> theirs) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        new com.rabbitmq.client.impl.ValueWriter(out).writeTable(theirs);
        out.flush();
        byte[] written = bytes.toByteArray();
        byte[] contents = Arrays.copyOfRange(written, Integer.BYTES, written.length);
        return ((Decoded.Complete<FieldTable>) FieldTable.decode(contents)).value();
    }

    private static Object like(Object field, Class<?> type) {
        return switch (field) {
            case Long number when type == int.class -> (int) (long) number;
            case FieldTable table -> like(table);
            case io.millrace.amqp.codec.wire.LongString text
            when type == LongString.class -> LongStringHelper.asLongString(text.octets());
            default -> field;
        };
    }
}
