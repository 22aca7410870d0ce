package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.model.ArgumentValue;

/// Differences of declarations in RabbitMQ's words; clients look for them.
public final class Inequivalences {
    private Inequivalences() {}

    static Refused refused(Inequivalence difference, String what) {
        return Refused.preconditionFailed(text(difference, what));
    }

    /// @param what `exchange 'x' in vhost '/'` or the like
    public static String text(Inequivalence difference, String what) {
        boolean oneIsMissing = difference.received() instanceof ArgumentValue.Nothing
                || difference.current() instanceof ArgumentValue.Nothing;
        return "inequivalent arg '" + difference.name() + "' for " + what + ": received "
                + word(difference.received(), oneIsMissing) + " but current is "
                + word(difference.current(), oneIsMissing);
    }

    private static String word(ArgumentValue value, boolean withType) {
        if (value instanceof ArgumentValue.Nothing) {
            return "none";
        }
        return withType ? "the value '" + text(value) + "' of type '" + typeName(value) + "'" : "'" + text(value) + "'";
    }

    private static String text(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Text text -> text.asString();
            case ArgumentValue.Whole(long number, ArgumentValue.Width _) -> Long.toString(number);
            case ArgumentValue.Bool(boolean is) -> Boolean.toString(is);
            case ArgumentValue.Real(double number, boolean _) -> Double.toString(number);
            default -> value.toString();
        };
    }

    public static String typeName(ArgumentValue value) {
        return typeName(Tables.value(value));
    }

    /// As RabbitMQ calls the types of a table.
    static String typeName(FieldValue value) {
        return switch (value) {
            case FieldValue.Bool _ -> "bool";
            case FieldValue.Int(FieldValue.IntType type, long _) ->
                switch (type) {
                    case INT8 -> "byte";
                    case UINT8 -> "unsignedbyte";
                    case INT16 -> "short";
                    case UINT16 -> "unsignedshort";
                    case INT32 -> "signedint";
                    case UINT32 -> "unsignedint";
                    case INT64, INT64_CAPITAL -> "long";
                };
            case FieldValue.Float32 _ -> "float";
            case FieldValue.Float64 _ -> "double";
            case FieldValue.Decimal _ -> "decimal";
            case FieldValue.Text _ -> "longstr";
            case FieldValue.Binary _ -> "binary";
            case FieldValue.Timestamp _ -> "timestamp";
            case FieldValue.Table _ -> "table";
            case FieldValue.Array _ -> "array";
            case FieldValue.Nothing _ -> "void";
        };
    }
}
