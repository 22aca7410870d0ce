package io.millrace.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All an operator said, as it was said.
///
/// @param file the YAML file, if one was named
/// @param environment every variable of the process; those that do not begin with `MILLRACE_` are not looked at
/// @param sets `KEY=VALUE` each, in order; the last one for a key wins
/// @param data the folder of `--data`, short for `storage.directories`, if it was given
public record ConfigInputs(
        @Nullable Path file,
        Map<String, String> environment,
        List<String> sets,
        @Nullable String data) {
    /// Nothing said: every default holds.
    public static final ConfigInputs NONE = new ConfigInputs(null, Map.of(), List.of(), null);

    public ConfigInputs {
        environment = Map.copyOf(environment);
        sets = List.copyOf(sets);
    }

    public ConfigInputs withFile(Path named) {
        return new ConfigInputs(named, environment, sets, data);
    }

    public ConfigInputs withEnvironment(Map<String, String> variables) {
        return new ConfigInputs(file, variables, sets, data);
    }

    public ConfigInputs withSets(List<String> assignments) {
        return new ConfigInputs(file, environment, assignments, data);
    }

    public ConfigInputs withData(String folder) {
        return new ConfigInputs(file, environment, sets, folder);
    }
}
