package io.millrace.broker.topology;

import io.millrace.model.ArgumentValue;
import io.millrace.model.ArgumentValue.Nothing;
import io.millrace.model.ArgumentValue.Text;
import io.millrace.model.ArgumentValue.Whole;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Whether a queue may be declared as it is, asked before it is declared. Refusals are in RabbitMQ's words, for clients
/// and tools look for them: what follows `PRECONDITION_FAILED - `.
public final class QueueArgumentRules {
    private static final int PRIORITY_MAX = 255;
    private static final long TIME_MS_MAX = 315_360_000_000L;
    private static final int QUEUE_VERSION_MAX = 2;
    private static final Set<String> OVERFLOWS = Set.of("drop-head", "reject-publish", "reject-publish-dlx");
    private static final Set<String> DEAD_LETTER_STRATEGIES = Set.of("at-most-once", "at-least-once");
    private static final Set<String> MODES = Set.of("default", "lazy");
    private static final Set<String> MASTER_LOCATORS = Set.of("min-masters", "client-local", "random");
    private static final Set<String> LEADER_LOCATORS = Set.of("client-local", "balanced", "random", "least-leaders");

    private static final List<QueueType> NO_STREAM = List.of(QueueType.CLASSIC, QueueType.QUORUM);

    /// The arguments that have a meaning, in RabbitMQ's order, and the types of queues they have it for. Others are
    /// kept and mean nothing.
    private static final List<Rule> RULES = List.of(
            new Rule("x-expires", NO_STREAM, QueueArgumentRules::expiry),
            new Rule("x-message-ttl", NO_STREAM, QueueArgumentRules::time),
            new Rule("x-dead-letter-exchange", NO_STREAM, QueueArgumentRules::anything),
            new Rule("x-dead-letter-routing-key", NO_STREAM, QueueArgumentRules::anything),
            new Rule(
                    "x-dead-letter-strategy",
                    List.of(QueueType.QUORUM),
                    oneOf(DEAD_LETTER_STRATEGIES, "invalid_dlx_strategy")),
            new Rule("x-max-length", NO_STREAM, QueueArgumentRules::notNegative),
            new Rule("x-max-length-bytes", List.of(QueueType.values()), QueueArgumentRules::notNegative),
            new Rule("x-max-in-memory-length", List.of(QueueType.QUORUM), QueueArgumentRules::notNegative),
            new Rule("x-max-in-memory-bytes", List.of(QueueType.QUORUM), QueueArgumentRules::notNegative),
            new Rule("x-max-priority", List.of(QueueType.CLASSIC), QueueArgumentRules::priority),
            new Rule("x-overflow", NO_STREAM, QueueArgumentRules::overflow),
            new Rule("x-queue-mode", List.of(QueueType.CLASSIC), oneOf(MODES, unsupported("queue mode"))),
            new Rule("x-queue-version", List.of(QueueType.CLASSIC), QueueArgumentRules::version),
            new Rule(
                    "x-queue-master-locator",
                    List.of(QueueType.CLASSIC),
                    oneOf(MASTER_LOCATORS, unsupported("master locator"))),
            new Rule("x-single-active-consumer", NO_STREAM, QueueArgumentRules::bool),
            new Rule("x-queue-type", List.of(QueueType.values()), QueueArgumentRules::type),
            new Rule("x-delivery-limit", List.of(QueueType.QUORUM), QueueArgumentRules::whole),
            new Rule("x-quorum-initial-group-size", List.of(QueueType.QUORUM), QueueArgumentRules::positive),
            new Rule("x-max-age", List.of(QueueType.STREAM), QueueArgumentRules::age),
            new Rule("x-stream-max-segment-size-bytes", List.of(QueueType.STREAM), QueueArgumentRules::notNegative),
            new Rule("x-initial-cluster-size", List.of(QueueType.STREAM), QueueArgumentRules::positive),
            new Rule("x-message-deduplication", NO_STREAM, QueueArgumentRules::bool),
            new Rule(
                    "x-queue-leader-locator",
                    List.of(QueueType.values()),
                    oneOf(LEADER_LOCATORS, "invalid_queue_locator_arg")));

    private static final Map<QueueType, String> MODULES = Map.of(
            QueueType.CLASSIC, "rabbit_classic_queue",
            QueueType.QUORUM, "rabbit_quorum_queue",
            QueueType.STREAM, "rabbit_stream_queue");

    private static final List<String> NAMES = List.of("x-dead-letter-exchange", "x-dead-letter-routing-key");

    private QueueArgumentRules() {}

    /// An argument that is looked at.
    ///
    /// @param types for which queues it has a meaning
    private record Rule(String name, List<QueueType> types, Check check) {}

    /// Says what is wrong with a value; nothing when it is right.
    @FunctionalInterface
    private interface Check {
        Optional<String> why(ArgumentValue value);
    }

    /// Why `queue` can not be declared.
    public static Optional<String> refuse(QueueSpec queue) {
        Optional<String> property = refuseProperty(queue);
        if (property.isPresent()) {
            return property;
        }
        for (Rule rule : RULES) {
            Optional<ArgumentValue> value = queue.arguments().find(rule.name());
            Optional<String> refusal = value.flatMap(given -> refuse(queue, rule, given));
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        boolean leadsNowhere =
                queue.arguments().find("x-dead-letter-routing-key").isPresent()
                        && queue.arguments().find("x-dead-letter-exchange").isEmpty();
        return leadsNowhere
                ? Optional.of(invalid(queue, "x-dead-letter-routing-key") + ": routing_key_but_no_dlx_defined")
                : Optional.empty();
    }

    /// Only classic queues are for a moment or for one.
    private static Optional<String> refuseProperty(QueueSpec queue) {
        if (queue.type() == QueueType.CLASSIC) {
            return Optional.empty();
        }
        Optional<String> property = Optional.empty();
        if (queue.autoDelete()) {
            property = Optional.of("auto-delete");
        }
        if (queue.exclusive()) {
            property = Optional.of("exclusive-owner");
        } else if (!queue.durable()) {
            property = Optional.of("non-durable");
        }
        return property.map(name -> "invalid property '" + name + "' for " + queue.ref());
    }

    private static Optional<String> refuse(QueueSpec queue, Rule rule, ArgumentValue value) {
        if (!rule.types().contains(queue.type())) {
            return Optional.of(invalid(queue, rule.name()) + " of queue type " + MODULES.get(queue.type()));
        }
        if (NAMES.contains(rule.name()) && !(value instanceof Text)) {
            return Optional.of(
                    "invalid type '" + typeName(value) + "' for arg '" + rule.name() + "' in " + queue.ref());
        }
        return rule.check().why(value).map(why -> invalid(queue, rule.name()) + ": " + why);
    }

    private static String invalid(QueueSpec queue, String argument) {
        return "invalid arg '" + argument + "' for " + queue.ref();
    }

    private static Optional<String> anything(ArgumentValue value) {
        return Optional.empty();
    }

    private static Optional<String> whole(ArgumentValue value) {
        return value instanceof Whole
                ? Optional.empty()
                : Optional.of("\"expected integer, got " + typeName(value) + "\"");
    }

    private static Optional<String> notNegative(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && number < 0
                ? Optional.of("{value_negative," + number + "}")
                : whole(value);
    }

    /// In milliseconds, up to ten years.
    private static Optional<String> time(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && number > TIME_MS_MAX
                ? Optional.of("{value_too_large," + number + "}")
                : notNegative(value);
    }

    /// Zero is no time at all: the queue would be gone before it is used.
    private static Optional<String> expiry(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && number == 0 ? Optional.of("{value_zero,0}") : time(value);
    }

    private static Optional<String> positive(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && number == 0
                ? Optional.of("{value_zero,0}")
                : notNegative(value);
    }

    private static Optional<String> priority(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && number > PRIORITY_MAX
                ? Optional.of("{max_value_exceeded," + number + "}")
                : notNegative(value);
    }

    private static Optional<String> version(ArgumentValue value) {
        return value instanceof Whole(long number, var _) && (number < 1 || number > QUEUE_VERSION_MAX)
                ? Optional.of("\"unsupported queue version '" + number + "'\"")
                : whole(value);
    }

    private static Optional<String> overflow(ArgumentValue value) {
        if (!(value instanceof Text text)) {
            return unacceptable(value);
        }
        return OVERFLOWS.contains(text.asString()) ? Optional.empty() : Optional.of("invalid_overflow");
    }

    private static Optional<String> bool(ArgumentValue value) {
        return value instanceof ArgumentValue.Bool ? Optional.empty() : unacceptable(value);
    }

    private static Optional<String> type(ArgumentValue value) {
        if (!(value instanceof Text text)) {
            return unacceptable(value);
        }
        return QueueType.find(text.asString()).isPresent()
                ? Optional.empty()
                : Optional.of(unsupported("queue type").apply(text.asString()));
    }

    /// To many a wrong age RabbitMQ 3.10 answers with a crash.
    private static Optional<String> age(ArgumentValue value) {
        if (!(value instanceof Text text)) {
            return unacceptable(value);
        }
        return StreamAge.isLimit(text.asString()) ? Optional.empty() : Optional.of("invalid_max_age");
    }

    private static Check oneOf(Set<String> known, String otherwise) {
        return oneOf(known, _ -> otherwise);
    }

    private static Check oneOf(Set<String> known, UnaryOperator<String> otherwise) {
        return value -> {
            if (!(value instanceof Text text)) {
                return unacceptable(value);
            }
            String word = text.asString();
            return known.contains(word) ? Optional.empty() : Optional.of(otherwise.apply(word));
        };
    }

    private static UnaryOperator<String> unsupported(String what) {
        return word -> "\"unsupported " + what + " '" + word + "'\"";
    }

    private static Optional<String> unacceptable(ArgumentValue value) {
        return Optional.of("{unacceptable_type," + typeName(value) + "}");
    }

    /// As RabbitMQ calls the types of a table.
    private static String typeName(ArgumentValue value) {
        return switch (value) {
            case Text _ -> "longstr";
            case ArgumentValue.Binary _ -> "binary";
            case Whole(long _, var width) ->
                switch (width) {
                    case BYTE -> "byte";
                    case UNSIGNED_BYTE -> "unsignedbyte";
                    case SHORT -> "short";
                    case UNSIGNED_SHORT -> "unsignedshort";
                    case INT -> "signedint";
                    case UNSIGNED_INT -> "unsignedint";
                    case LONG -> "long";
                };
            case ArgumentValue.Real real -> real.isSingle() ? "float" : "double";
            case ArgumentValue.Decimal _ -> "decimal";
            case ArgumentValue.Bool _ -> "bool";
            case ArgumentValue.Timestamp _ -> "timestamp";
            case ArgumentValue.Table _ -> "table";
            case ArgumentValue.Sequence _ -> "array";
            case Nothing _ -> "void";
        };
    }
}
