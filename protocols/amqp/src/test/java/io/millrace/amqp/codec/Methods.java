package io.millrace.amqp.codec;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.amqp.codec.wire.Tables;
import io.millrace.testkit.SeededRandomness;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Every method there is, with random fields.
final class Methods {
    private Methods() {}

    static List<Class<?>> all() {
        return Arrays.stream(AmqpMethod.class.getPermittedSubclasses())
                .flatMap(each -> Stream.of(each.getPermittedSubclasses()))
                .toList();
    }

    static AmqpMethod any(SeededRandomness random) {
        return any(random, random.pick(all()));
    }

    static AmqpMethod any(SeededRandomness random, Class<?> type) {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        var components = type.getRecordComponents();
        Object[] fields = new Object[components.length];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = field(random, components[i].getType(), components[i].getName());
        }
        try {
            return (AmqpMethod) constructor.newInstance(fields);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }

    private static Object field(SeededRandomness random, Class<?> type, String name) {
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == int.class) {
            return random.nextInt(name.startsWith("version") ? 0x100 : 0x1_0000);
        }
        if (type == long.class) {
            return name.endsWith("Tag") ? random.nextLong() : random.nextLong() & 0xffff_ffffL;
        }
        if (type == String.class) {
            return Tables.text(random, 60);
        }
        if (type == LongString.class) {
            return LongString.of(random.bytes(random.nextInt(50)));
        }
        return table(random);
    }

    /// Of values that the Java client can compare.
    private static FieldTable table(SeededRandomness random) {
        FieldTable.Builder table = FieldTable.builder();
        for (int i = random.nextInt(4); i > 0; i--) {
            table.put("text" + i, Tables.text(random, 20));
            table.put("number" + i, random.nextLong());
            table.put("bool" + i, random.nextBoolean());
            table.put("nothing" + i, new FieldValue.Nothing());
            table.put("table" + i, FieldTable.builder().put("x", "y").build());
        }
        return table.build();
    }
}
