package io.millrace.cluster.controller;

import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.StreamAge;
import io.millrace.cluster.config.TopicConfigs;
import io.millrace.model.ArgumentValue;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// The topics that durable queues lie in, their names: `queue.NAME` in the virtual host `/`, `queue_VHOST.NAME` in
/// another. What Kafka's alphabet lacks becomes `_` and two hexadecimal digits per byte, `_` itself `__`; a dot of a
/// virtual host is written so, too. Two queues never share a name, unless it would be too long: such a one ends in the
/// queue's id instead, and so does one whose name somebody else's topic has.
final class QueueTopics {
    private static final int LENGTH_MAX = 249;
    private static final String UNLIMITED = "-1";
    private static final int MESSAGE_BYTES_MAX = 256 << 20;
    /// No batch may be larger than a segment, and a message is in one batch.
    private static final int SEGMENT_BYTES_STANDARD = MESSAGE_BYTES_MAX;
    private static final String DELETE_DELAY_MS = "1000";
    /// So long publishers wait for a replica that is silent while the others could go on: longer than the stall of a
    /// busy disk or a JVM that collects garbage, and than a node takes to be fenced.
    private static final String MAJORITY_LAG_MS = "3000";

    private static final int SEGMENT_BYTES_MIN = 1 << 20;
    private static final String RETENTION_MS = "retention.ms";
    private static final String RETENTION_BYTES = "retention.bytes";
    private static final String SEGMENT_BYTES = "segment.bytes";
    /// What arguments and policies of a stream say.
    static final List<String> STREAM_SETTINGS = List.of(RETENTION_MS, RETENTION_BYTES, SEGMENT_BYTES);

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
        return name.length() <= LENGTH_MAX ? name.toString() : withUnique(name, unique);
    }

    /// When another topic has that name.
    static String otherNameOf(QueueRef queue, String unique) {
        return withUnique(new StringBuilder(nameOf(queue, unique)), unique);
    }

    private static String withUnique(StringBuilder name, String unique) {
        name.setLength(Math.min(name.length(), LENGTH_MAX - unique.length() - 1));
        return name.append('_').append(unique).toString();
    }

    /// A queue's log keeps what the queue has not settled, however old and whatever topics keep elsewhere, and takes
    /// messages of any size a protocol takes; a stream's log keeps what its arguments and policies say, the smaller of
    /// both.
    static Map<String, String> settings(QueueSpec queue, EffectivePolicy policy) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("cleanup.policy", "delete");
        settings.put("message.timestamp.type", "CreateTime");
        settings.put("max.message.bytes", Integer.toString(MESSAGE_BYTES_MAX));
        settings.put("max.decompressed.message.bytes", Integer.toString(MESSAGE_BYTES_MAX));
        settings.put(RETENTION_MS, UNLIMITED);
        settings.put(RETENTION_BYTES, UNLIMITED);
        settings.put("file.delete.delay.ms", DELETE_DELAY_MS); // who reads what is settled may miss it
        settings.put(TopicConfigs.MAJORITY_LAG, MAJORITY_LAG_MS);
        settings.put(SEGMENT_BYTES, Integer.toString(SEGMENT_BYTES_STANDARD));
        if (queue.type() == QueueType.STREAM) {
            least(queue, policy, "max-age", QueueTopics::age)
                    .ifPresent(ms -> settings.put(RETENTION_MS, Long.toString(ms)));
            least(queue, policy, "max-length-bytes", QueueTopics::whole)
                    .ifPresent(bytes -> settings.put(RETENTION_BYTES, Long.toString(bytes)));
            least(queue, policy, "stream-max-segment-size-bytes", QueueTopics::whole)
                    .ifPresent(bytes -> settings.put(
                            SEGMENT_BYTES, Long.toString(Math.clamp(bytes, SEGMENT_BYTES_MIN, Integer.MAX_VALUE))));
        }
        return settings;
    }

    /// Of an argument and a policy the smaller.
    private static OptionalLong least(
            QueueSpec queue, EffectivePolicy policy, String name, Function<ArgumentValue, OptionalLong> read) {
        return Stream.of(
                        queue.arguments().find("x-" + name), policy.definition().find(name))
                .flatMap(Optional::stream)
                .map(read)
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    private static OptionalLong age(ArgumentValue value) {
        return value instanceof ArgumentValue.Text text
                ? StreamAge.milliseconds(text.asString())
                : OptionalLong.empty();
    }

    private static OptionalLong whole(ArgumentValue value) {
        return value instanceof ArgumentValue.Whole whole && whole.value() >= 0
                ? OptionalLong.of(whole.value())
                : OptionalLong.empty();
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
