package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Width;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How long a message wants to wait in a delayed exchange, and where it does (ADR 0031).
public final class Delay {
    private static final String HEADER = "x-delay";
    private static final String QUEUES = "amq.delayed.";

    private Delay() {}

    /// In milliseconds; 0 for a message that does not want to wait, or has waited.
    public static long msOf(Arguments headers) {
        return Math.max(0, value(headers));
    }

    private static long value(Arguments headers) {
        return switch (headers.find(HEADER).orElse(new ArgumentValue.Nothing())) {
            case ArgumentValue.Whole whole -> whole.value();
            case ArgumentValue.Real real -> (long) real.value();
            default -> 0;
        };
    }

    /// The headers of a message that has waited: consumers see how long, as a negative number of the width it had,
    /// since pika reads a negative number of 64 bits as a huge one.
    public static Arguments waited(Arguments headers) {
        long ms = value(headers);
        if (ms <= 0) {
            return headers;
        }
        Map<String, ArgumentValue> all = new LinkedHashMap<>(headers.entries());
        all.put(HEADER, new ArgumentValue.Whole(-ms, signedWidth(headers)));
        return Arguments.of(all);
    }

    private static Width signedWidth(Arguments headers) {
        if (headers.find(HEADER).orElse(new ArgumentValue.Nothing())
                instanceof ArgumentValue.Whole(long _, Width width)) {
            return switch (width) {
                case BYTE, SHORT, INT, LONG -> width;
                case UNSIGNED_BYTE -> Width.SHORT;
                case UNSIGNED_SHORT -> Width.INT;
                case UNSIGNED_INT -> Width.LONG;
            };
        }
        return Width.LONG;
    }

    /// The queue in which messages wait.
    public static QueueName queueOf(ExchangeName exchange) {
        return new QueueName(QUEUES + exchange);
    }

    /// The exchange whose messages wait in a queue.
    public static Optional<ExchangeName> exchangeOf(QueueName queue) {
        return queue.value().startsWith(QUEUES)
                ? Optional.of(new ExchangeName(queue.value().substring(QUEUES.length())))
                : Optional.empty();
    }
}
