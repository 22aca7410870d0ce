package io.millrace.amqp.codec.wire;

import io.millrace.testkit.SeededRandomness;

/// Random properties.
public final class PropertiesSamples {
    private PropertiesSamples() {}

    public static BasicProperties any(SeededRandomness random) {
        PropertiesBuilder builder = BasicProperties.builder();
        for (Property property : Property.all()) {
            if (random.nextBoolean()) {
                set(builder, property, random);
            }
        }
        return builder.build();
    }

    private static void set(PropertiesBuilder builder, Property property, SeededRandomness random) {
        switch (property.form()) {
            case SHORT_STRING -> builder.text(property, Tables.text(random, 60));
            case TABLE -> builder.headers(Tables.any(random));
            case TIMESTAMP -> builder.timestamp(random.nextLong() >>> 24);
            case OCTET -> {
                int value = random.nextInt(256);
                if (property == Property.PRIORITY) {
                    builder.priority(value);
                } else {
                    builder.deliveryMode(value);
                }
            }
        }
    }
}
