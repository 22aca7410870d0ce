package io.millrace.console.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ByteString;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Arguments and headers as JSON and back. JSON has fewer types: whole numbers come back as 64 bits wide, timestamps as
/// whole numbers, binaries as text.
public final class Json {
    private static final JsonNodeFactory MAKE = JsonNodeFactory.instance;

    private Json() {}

    public static ObjectNode object() {
        return MAKE.objectNode();
    }

    public static ArrayNode array() {
        return MAKE.arrayNode();
    }

    public static ObjectNode of(Arguments arguments) {
        ObjectNode tree = object();
        arguments.entries().forEach((name, value) -> tree.set(name, of(value)));
        return tree;
    }

    public static JsonNode of(ArgumentValue value) {
        return switch (value) {
            case ArgumentValue.Bool(boolean is) -> MAKE.booleanNode(is);
            case ArgumentValue.Whole(long number, ArgumentValue.Width _) -> MAKE.numberNode(number);
            case ArgumentValue.Real(double number, boolean _) -> MAKE.numberNode(number);
            case ArgumentValue.Decimal(int scale, long unscaled) ->
                MAKE.numberNode(BigDecimal.valueOf(unscaled, Math.clamp(scale, 0, 255)));
            case ArgumentValue.Text text -> MAKE.textNode(text.asString());
            case ArgumentValue.Binary(ByteString octets) -> MAKE.textNode(octets.asUtf8());
            case ArgumentValue.Timestamp(long seconds) -> MAKE.numberNode(seconds);
            case ArgumentValue.Table(Arguments entries) -> of(entries);
            case ArgumentValue.Sequence(List<ArgumentValue> values) -> {
                ArrayNode list = array();
                values.forEach(each -> list.add(of(each)));
                yield list;
            }
            case ArgumentValue.Nothing _ -> MAKE.nullNode();
        };
    }

    public static Arguments arguments(JsonNode tree) {
        Map<String, ArgumentValue> entries = new LinkedHashMap<>();
        tree.properties().forEach(entry -> entries.put(entry.getKey(), value(entry.getValue())));
        return Arguments.of(entries);
    }

    public static ArgumentValue value(JsonNode node) {
        return switch (node.getNodeType()) {
            case BOOLEAN -> ArgumentValue.bool(node.booleanValue());
            case NUMBER ->
                node.isIntegralNumber() && node.canConvertToLong()
                        ? ArgumentValue.whole(node.longValue())
                        : new ArgumentValue.Real(node.doubleValue(), false);
            case OBJECT -> new ArgumentValue.Table(arguments(node));
            case ARRAY -> {
                List<ArgumentValue> values = new ArrayList<>(node.size());
                node.forEach(each -> values.add(value(each)));
                yield new ArgumentValue.Sequence(values);
            }
            case STRING -> ArgumentValue.text(node.textValue());
            case NULL, MISSING, BINARY, POJO -> new ArgumentValue.Nothing();
        };
    }
}
