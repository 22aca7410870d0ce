package io.millrace.server.config;

import io.millrace.cluster.config.NodeDefinitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Binds what an operator said to [ServerConfig]: flags before environment before file before defaults. A key nobody
/// knows, or a value that can not be, stops the start; all problems are told at once.
public final class ConfigLoader {
    /// The section whose keys are Kafka's.
    static final String KAFKA = "kafka.";

    private final ConfigKeys keys = ConfigKeys.ofServer();
    private final Map<String, ConfigValue> chosen = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private ConfigLoader() {}

    /// @throws ConfigException with one line for each problem
    public static EffectiveConfig load(ConfigInputs inputs) {
        return new ConfigLoader().bind(inputs);
    }

    /// Every key with a fixed name, in the order of the records.
    public static List<ConfigKey> keys() {
        return List.copyOf(ConfigKeys.ofServer().all());
    }

    private EffectiveConfig bind(ConfigInputs inputs) {
        keys.all().forEach(key -> put(key.name(), key.defaultText(), new ConfigSource.Default()));
        if (inputs.file() != null) {
            YamlKeys.read(inputs.file()).forEach(this::putFromFile);
        }
        putEnvironment(inputs.environment());
        inputs.sets().forEach(this::putAssignment);
        new TreeMap<>(inputs.flags()).forEach(this::putFlag);
        KafkaName.ALL.forEach(this::putOurs);
        chosen.values().forEach(this::checkKafkas);
        var wrong = new ArrayList<String>();
        ServerConfig config = keys.bind(key -> chosen(key).text(), this::below, wrong);
        LogFolders.namedTwice(config.storage().directories()).ifPresent(wrong::add);
        wrong.forEach(problem -> problems.add(withSource(problem)));
        if (!problems.isEmpty()) {
            throw new ConfigException(String.join("\n", problems));
        }
        return new EffectiveConfig(config, List.copyOf(chosen.values()));
    }

    /// What was given by Kafka's name holds for ours.
    private void putOurs(KafkaName name) {
        ConfigValue given = chosen.get(KAFKA + name.kafka());
        if (given == null) {
            return;
        }
        name.ours(given.text()).ifPresent(text -> putOurs(name, text, given));
    }

    private void putOurs(KafkaName name, String text, ConfigValue given) {
        ConfigValue own = chosen(name.key());
        if (own.source() instanceof ConfigSource.Default) {
            put(name.key(), text, given.source());
        } else if (!own.text().strip().replace("_", "").equals(text.replace("_", ""))) {
            problems.add(given.key() + " (" + given.source().words() + ") and " + own.key() + " ("
                    + own.source().words() + ") are one setting and differ: " + given.text() + " and " + own.text());
        }
    }

    private void checkKafkas(ConfigValue value) {
        if (value.key().startsWith(KAFKA)) {
            NodeDefinitions.refuse(value.key().substring(KAFKA.length()), value.text())
                    .ifPresent(why ->
                            problems.add(value.key() + " (" + value.source().words() + "): " + why));
        }
    }

    private void putFromFile(ConfigValue value) {
        if (isKnown(value.key())) {
            chosen.put(value.key(), value);
        } else if (!isEmptySection(value)) {
            refuseKey(value.source().words(), value.key());
        }
    }

    /// `kafka:` with nothing below it, or a whole section commented out.
    private boolean isEmptySection(ConfigValue value) {
        return value.text().isEmpty()
                && (keys.openSections().contains(value.key())
                        || names().stream().anyMatch(name -> name.startsWith(value.key() + ".")));
    }

    private void putEnvironment(Map<String, String> environment) {
        var variables = new EnvironmentKeys(keys);
        new TreeMap<>(environment).forEach((variable, text) -> {
            if (!variables.concerns(variable)) {
                return;
            }
            String key = variables.key(variable);
            if (isKnown(key)) {
                put(key, text, new ConfigSource.Environment(variable));
            } else {
                refuse("The environment variable " + variable + " is no key", variable, variables.variables());
            }
        });
    }

    private void putFlag(String flag, String text) {
        String key = ConfigInputs.KEY_OF_FLAG.get(flag);
        if (key == null) {
            throw new IllegalArgumentException(flag + " is short for nothing");
        }
        put(key, text, new ConfigSource.Flag(flag));
    }

    private void putAssignment(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            problems.add("--set needs KEY=VALUE, it is '" + assignment + "'");
            return;
        }
        String key = assignment.substring(0, equals).strip();
        if (isKnown(key)) {
            put(key, assignment.substring(equals + 1), new ConfigSource.Flag("--set"));
        } else {
            refuseKey("--set", key);
        }
    }

    /// Below `kafka`, only names that Kafka's brokers know and that mean something here.
    private boolean isKnown(String key) {
        return keys.isOpen(key)
                ? key.startsWith(KAFKA) && NodeDefinitions.DEFINITIONS.names().contains(key.substring(KAFKA.length()))
                : keys.contains(key);
    }

    private void refuseKey(String said, String key) {
        Optional<String> within =
                names().stream().filter(name -> name.startsWith(key + ".")).findFirst();
        within.ifPresentOrElse(
                first -> problems.add(
                        said + ": '" + key + "' is a section; it takes no value but keys, such as '" + first + "'"),
                () -> refuse(said + ": unknown key '" + key + "'", key, names()));
    }

    private void refuse(String problem, String typed, Collection<String> known) {
        Optional<String> nearest = NearestKey.to(typed, known);
        problems.add(problem
                + nearest.map(key -> ". Did you mean '" + key + "'?")
                        .or(() -> NearestKey.section(typed, known)
                                .map(section -> ". Did you mean the section '" + section + "'?"))
                        .orElse(". 'millrace config show' lists every key"));
    }

    private void put(String key, String text, ConfigSource source) {
        chosen.put(key, new ConfigValue(key, text, source));
    }

    private ConfigValue chosen(String key) {
        ConfigValue value = chosen.get(key);
        if (value == null) {
            throw new IllegalStateException("no value for " + key);
        }
        return value;
    }

    private Map<String, String> below(String section) {
        var found = new LinkedHashMap<String, String>();
        chosen.forEach((key, value) -> {
            if (key.startsWith(section + ".")) {
                found.put(key.substring(section.length() + 1), value.text());
            }
        });
        return found;
    }

    private Collection<String> names() {
        var names = new TreeSet<String>();
        keys.all().forEach(key -> names.add(key.name()));
        NodeDefinitions.DEFINITIONS.names().forEach(name -> names.add(KAFKA + name));
        return names;
    }

    /// The records' own checks begin with the key they are about; where its value was said helps to find it.
    private String withSource(String problem) {
        int end = 0;
        while (end < problem.length() && " :".indexOf(problem.charAt(end)) < 0) {
            end++;
        }
        ConfigValue about = chosen.get(problem.substring(0, end));
        if (about == null || about.source() instanceof ConfigSource.Default) {
            return problem;
        }
        return problem + " (" + about.source().words() + ")";
    }
}
