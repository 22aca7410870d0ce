package io.millrace.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a YAML file into flat keys with their lines: `network:` above `backlog: 5` is `network.backlog`. A list
/// becomes its members with commas between, an empty value the empty text.
///
/// The only class that touches the YAML library, so that a start without a file does not load it.
final class YamlKeys {
    /// Deeper nesting is no configuration of ours.
    private static final int DEPTH_MAX = 16;

    private static final Pattern PLACE = Pattern.compile("^ in .*, line (\\d+), column");

    private final String file;
    private final JsonParser yaml;
    private final List<ConfigValue> found = new ArrayList<>();
    private final Map<String, Integer> lineOfKey = new HashMap<>();

    private YamlKeys(String file, JsonParser yaml) {
        this.file = file;
        this.yaml = yaml;
    }

    /// @throws ConfigException when the file can not be read or is not YAML, with its line
    static List<ConfigValue> read(Path path) {
        String file = path.toString();
        if (Files.isDirectory(path)) {
            throw new ConfigException("The configuration file " + file + " is a directory");
        }
        try (Reader text = Files.newBufferedReader(path, StandardCharsets.UTF_8);
                JsonParser yaml = new YAMLFactory().createParser(text)) {
            return new YamlKeys(file, yaml).read();
        } catch (JsonProcessingException notYaml) {
            throw notYaml(file, notYaml);
        } catch (NoSuchFileException missing) {
            throw new ConfigException("There is no configuration file " + file);
        } catch (IOException unreadable) {
            throw new ConfigException("The configuration file " + file + " can not be read: " + unreadable);
        }
    }

    /// The library tells, line by line: what it was about, where that began (indented), what was wrong, where that is.
    private static ConfigException notYaml(String file, JsonProcessingException told) {
        List<String> lines = told.getOriginalMessage().lines().toList();
        int line = told.getLocation() == null ? 0 : told.getLocation().getLineNr();
        String problem = "";
        for (String each : lines) {
            Matcher place = PLACE.matcher(each);
            if (place.find()) {
                line = Integer.parseInt(place.group(1));
            } else if (!each.isBlank() && !each.startsWith(" ")) {
                problem = each;
            }
        }
        return new ConfigException(file + ":" + line + ": not YAML: "
                + (problem.contains("TAB") ? "a line is indented with a tab; only spaces can indent" : problem));
    }

    private List<ConfigValue> read() throws IOException {
        JsonToken first = yaml.nextToken();
        if (first == JsonToken.START_OBJECT) {
            section("", 1);
        } else if (first != null && first != JsonToken.VALUE_NULL) {
            throw new ConfigException(file + ":" + line() + ": sections such as 'listeners:' are expected here");
        }
        return List.copyOf(found);
    }

    private void section(String prefix, int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw new ConfigException(file + ":" + line() + ": nested too deep");
        }
        while (yaml.nextToken() == JsonToken.FIELD_NAME) {
            String key = prefix + yaml.currentName();
            int line = line();
            JsonToken value = yaml.nextToken();
            if (value == JsonToken.START_OBJECT) {
                section(key + ".", depth + 1);
            } else {
                add(key, value == JsonToken.START_ARRAY ? list(key) : scalar(key), line);
            }
        }
    }

    private String list(String key) throws IOException {
        var members = new ArrayList<String>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            members.add(scalar(key));
        }
        return String.join(",", members);
    }

    private String scalar(String key) throws IOException {
        JsonToken token = yaml.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return "";
        }
        if (token == null || !token.isScalarValue()) {
            throw new ConfigException(file + ":" + line() + ": " + key + " must be a single value or a list of them");
        }
        return yaml.getText();
    }

    private void add(String key, String text, int line) {
        Integer before = lineOfKey.put(key, line);
        if (before != null) {
            throw new ConfigException(
                    file + ":" + line + ": " + key + " is set a second time, first in line " + before);
        }
        found.add(new ConfigValue(key, text, new ConfigSource.File(file, line)));
    }

    private int line() {
        return yaml.currentTokenLocation().getLineNr();
    }
}
