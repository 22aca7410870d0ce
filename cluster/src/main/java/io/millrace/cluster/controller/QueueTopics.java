package io.millrace.cluster.controller;

import io.millrace.broker.topology.QueueRef;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The names of the topics that durable queues lie in: `queue.NAME` in the virtual host `/`, `queue_VHOST.NAME` in
/// another. What Kafka's alphabet lacks becomes `_` and two hexadecimal digits per byte, `_` itself `__`; a dot of a
/// virtual host is written so, too. Two queues never share a name, unless it would be too long: such a one ends in the
/// queue's id instead.
final class QueueTopics {
    private static final int LENGTH_MAX = 249;
    private static final HexFormat HEX = HexFormat.of();

    private QueueTopics() {}

    /// @param unique for names that are too long
    static String nameOf(QueueRef queue, String unique) {
        String vhost = queue.vhost().value();
        StringBuilder name = new StringBuilder("queue");
        if (!vhost.equals("/")) {
            name.append('_');
            escape(vhost, false, name);
        }
        name.append('.');
        escape(queue.name().value(), true, name);
        if (name.length() <= LENGTH_MAX) {
            return name.toString();
        }
        name.setLength(LENGTH_MAX - unique.length() - 1);
        return name.append('_').append(unique).toString();
    }

    private static void escape(String text, boolean dotIsPlain, StringBuilder into) {
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (each & 0xff);
            if (character == '_') {
                into.append("__");
            } else if (isPlain(character) || dotIsPlain && character == '.') {
                into.append(character);
            } else {
                into.append('_').append(HEX.toHexDigits(each));
            }
        }
    }

    private static boolean isPlain(char character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || character == '-';
    }
}
