package io.millrace.console.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.PropertiesBuilder;
import io.millrace.amqp.codec.wire.Property;
import io.millrace.amqp.mapping.Tables;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A message's properties under AMQP's names.
public final class PropertiesJson {
    private static final int SHORT_STRING_MAX = 255;

    private PropertiesJson() {}

    public static ObjectNode of(BasicProperties properties) {
        ObjectNode tree = Json.object();
        for (Property property : Property.values()) {
            String name = name(property);
            switch (property) {
                case HEADERS -> {
                    if (properties.has(property)) {
                        tree.set(name, Json.of(Tables.arguments(properties.headers())));
                    }
                }
                case DELIVERY_MODE -> properties.deliveryMode().ifPresent(mode -> tree.put(name, mode));
                case PRIORITY -> properties.priority().ifPresent(priority -> tree.put(name, priority));
                case TIMESTAMP -> properties.timestamp().ifPresent(seconds -> tree.put(name, seconds));
                default -> text(properties, property).ifPresent(text -> tree.put(name, text));
            }
        }
        return tree;
    }

    private static Optional<String> text(BasicProperties properties, Property property) {
        return switch (property) {
            case CONTENT_TYPE -> properties.contentType();
            case CONTENT_ENCODING -> properties.contentEncoding();
            case CORRELATION_ID -> properties.correlationId();
            case REPLY_TO -> properties.replyTo();
            case EXPIRATION -> properties.expiration();
            case MESSAGE_ID -> properties.messageId();
            case TYPE -> properties.type();
            case USER_ID -> properties.userId();
            case APP_ID -> properties.appId();
            case CLUSTER_ID -> properties.clusterId();
            case HEADERS, DELIVERY_MODE, PRIORITY, TIMESTAMP -> Optional.empty();
        };
    }

    private static String name(Property property) {
        return property.name().toLowerCase(Locale.ROOT);
    }

    /// What is wrong with a property.
    ///
    /// @param kind `not_int`, `not_string` or the like
    public record Wrong(String kind, String property) {}

    /// The first property that is no property's value; unknown names are left out.
    public static Optional<Wrong> wrong(JsonNode tree) {
        for (Property property : Property.values()) {
            JsonNode given = tree.path(name(property));
            Optional<String> kind = given.isMissingNode() ? Optional.empty() : wrong(property, given);
            if (kind.isPresent()) {
                return Optional.of(new Wrong(kind.get(), name(property)));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> wrong(Property property, JsonNode given) {
        return switch (property) {
            case HEADERS -> given.isObject() ? Optional.empty() : Optional.of("not_object");
            case DELIVERY_MODE, PRIORITY ->
                given.isIntegralNumber() && given.intValue() >= 0 && given.intValue() <= 255
                        ? Optional.empty()
                        : Optional.of("not_int");
            case TIMESTAMP -> given.isIntegralNumber() ? Optional.empty() : Optional.of("not_int");
            default ->
                given.isTextual() && given.textValue().getBytes(StandardCharsets.UTF_8).length <= SHORT_STRING_MAX
                        ? Optional.empty()
                        : Optional.of("not_string");
        };
    }

    /// Properties of which none is [#wrong(JsonNode)].
    public static BasicProperties read(JsonNode tree) {
        Map<String, Property> byName = new TreeMap<>();
        for (Property property : Property.values()) {
            byName.put(name(property), property);
        }
        PropertiesBuilder builder = BasicProperties.builder();
        tree.properties().forEach(entry -> {
            Property property = byName.get(entry.getKey());
            if (property != null) {
                set(builder, property, entry.getValue());
            }
        });
        return builder.build();
    }

    private static void set(PropertiesBuilder builder, Property property, JsonNode given) {
        switch (property) {
            case HEADERS -> builder.headers(Tables.table(Json.arguments(given)));
            case DELIVERY_MODE -> builder.deliveryMode(given.intValue());
            case PRIORITY -> builder.priority(given.intValue());
            case TIMESTAMP -> builder.timestamp(given.longValue());
            default -> builder.text(property, given.textValue());
        }
    }
}
