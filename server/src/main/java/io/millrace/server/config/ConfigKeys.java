package io.millrace.server.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// Every key there is, read from the components of [ServerConfig] itself, so that no key can be forgotten here and none
/// can exist without a validated component. Read once at start (under a millisecond); this is the one place that
/// reflects.
///
/// A component of type `Map` is a section whose keys are not ours: everything below it passes through as it is.
final class ConfigKeys {
    private final Map<String, ConfigKey> keys = new LinkedHashMap<>();
    private final List<String> openSections = new ArrayList<>();

    private ConfigKeys() {}

    static ConfigKeys ofServer() {
        var found = new ConfigKeys();
        found.collect("", ServerConfig.DEFAULT);
        return found;
    }

    Collection<ConfigKey> all() {
        return keys.values();
    }

    boolean contains(String name) {
        return keys.containsKey(name) || isOpen(name);
    }

    /// Whether the name lies in a section that takes any key.
    boolean isOpen(String name) {
        return openSections.stream().anyMatch(section -> name.startsWith(section + ".") && !name.endsWith("."));
    }

    List<String> openSections() {
        return List.copyOf(openSections);
    }

    /// Makes the configuration from the text of every key.
    ///
    /// @param textOf the text for a key of [#all()]
    /// @param below the keys and texts set in an open section, without the section's name
    /// @param problems where each part that can not be made leaves its reason
    ServerConfig bind(
            Function<String, String> textOf, Function<String, Map<String, String>> below, List<String> problems) {
        Object bound = bind("", ServerConfig.DEFAULT, textOf, below, problems);
        return (ServerConfig) bound;
    }

    private void collect(String prefix, Record defaults) {
        for (RecordComponent component : defaults.getClass().getRecordComponents()) {
            String name = prefix + kebab(component.getName());
            Object value = valueOf(defaults, component);
            if (value instanceof Record part && !(value instanceof Endpoint)) {
                collect(name + ".", part);
            } else if (value instanceof Map) {
                openSections.add(name);
            } else {
                ValueKind kind = ValueKind.of(component.getType())
                        .orElseThrow(() -> new IllegalStateException("no text form for " + component));
                keys.put(name, new ConfigKey(name, kind, kind.format(value)));
            }
        }
    }

    private Record bind(
            String prefix,
            Record defaults,
            Function<String, String> textOf,
            Function<String, Map<String, String>> below,
            List<String> problems) {
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        var values = new Object[components.length];
        int problemsBefore = problems.size();
        for (int i = 0; i < components.length; i++) {
            String name = prefix + kebab(components[i].getName());
            ConfigKey key = keys.get(name);
            Object standard = valueOf(defaults, components[i]);
            if (key != null) {
                values[i] = parse(key, textOf.apply(name), standard, problems);
            } else if (standard instanceof Record part) {
                values[i] = bind(name + ".", part, textOf, below, problems);
            } else {
                values[i] = below.apply(name);
            }
        }
        return problems.size() > problemsBefore ? defaults : construct(defaults, components, values, problems);
    }

    private static Object parse(ConfigKey key, String text, Object standard, List<String> problems) {
        try {
            return key.kind().parse(key.name(), text);
        } catch (ConfigException wrong) {
            String why = Objects.requireNonNullElse(wrong.getMessage(), "can not be read");
            problems.add(why.startsWith(key.name()) ? why : key.name() + ": " + why);
            return standard;
        }
    }

    private static Record construct(
            Record defaults, RecordComponent[] components, Object[] values, List<String> problems) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return defaults.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof ConfigException wrong) {
                problems.add(Objects.requireNonNullElse(wrong.getMessage(), "can not be used"));
                return defaults;
            }
            throw new IllegalStateException(defaults.getClass().getName(), thrown);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(defaults.getClass().getName(), impossible);
        }
    }

    private static Object valueOf(Record part, RecordComponent component) {
        try {
            return Objects.requireNonNull(component.getAccessor().invoke(part));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(component.toString(), impossible);
        }
    }

    /// `frameBytesMax` is written `frame-bytes-max`.
    static String kebab(String component) {
        return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
