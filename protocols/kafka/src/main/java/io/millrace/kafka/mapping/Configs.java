package io.millrace.kafka.mapping;

import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import java.util.Optional;

/// Wire codes of settings: kinds of resources, sources, types, operations.
public final class Configs {
    private Configs() {}

    /// The kind of resource behind a wire code; empty for codes nobody has given a meaning.
    public static Optional<ConfigResource.Kind> kind(byte code) {
        return switch (code) {
            case 2 -> Optional.of(ConfigResource.Kind.TOPIC);
            case 4 -> Optional.of(ConfigResource.Kind.NODE);
            case 8 -> Optional.of(ConfigResource.Kind.NODE_LOGGER);
            case 16 -> Optional.of(ConfigResource.Kind.CLIENT_METRICS);
            case 32 -> Optional.of(ConfigResource.Kind.GROUP);
            default -> Optional.empty();
        };
    }

    public static byte code(ConfigResource.Kind kind) {
        return switch (kind) {
            case TOPIC -> 2;
            case NODE -> 4;
            case NODE_LOGGER -> 8;
            case CLIENT_METRICS -> 16;
            case GROUP -> 32;
        };
    }

    public static byte code(ConfigEntry.Source source) {
        return switch (source) {
            case DYNAMIC_TOPIC -> 1;
            case DYNAMIC_NODE -> 2;
            case DYNAMIC_CLUSTER -> 3;
            case STATIC_NODE -> 4;
            case DEFAULT -> 5;
            case CLIENT_METRICS -> 7;
            case GROUP -> 8;
        };
    }

    public static byte code(ConfigEntry.Type type) {
        return switch (type) {
            case BOOLEAN -> 1;
            case STRING -> 2;
            case INT -> 3;
            case SHORT -> 4;
            case LONG -> 5;
            case DOUBLE -> 6;
            case LIST -> 7;
            case CLASS -> 8;
            case PASSWORD -> 9;
        };
    }

    /// The operation of IncrementalAlterConfigs behind a wire code.
    public static Optional<Operation> operation(byte code) {
        return switch (code) {
            case 0 -> Optional.of(Operation.SET);
            case 1 -> Optional.of(Operation.DELETE);
            case 2 -> Optional.of(Operation.APPEND);
            case 3 -> Optional.of(Operation.SUBTRACT);
            default -> Optional.empty();
        };
    }
}
