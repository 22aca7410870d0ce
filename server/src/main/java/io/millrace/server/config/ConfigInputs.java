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
/// @param flags flags that are short for a key, with their values; [#KEY_OF_FLAG] has them all
public record ConfigInputs(
        @Nullable Path file, Map<String, String> environment, List<String> sets, Map<String, String> flags) {
    /// The keys that have a flag of their own.
    static final Map<String, String> KEY_OF_FLAG =
            Map.of("--data", "storage.directories", "--node", "node.id", "--cluster", "cluster.nodes");

    /// Nothing said: every default holds.
    public static final ConfigInputs NONE = new ConfigInputs(null, Map.of(), List.of(), Map.of());

    public ConfigInputs {
        environment = Map.copyOf(environment);
        sets = List.copyOf(sets);
        flags = Map.copyOf(flags);
    }

    public ConfigInputs withFile(Path named) {
        return new ConfigInputs(named, environment, sets, flags);
    }

    public ConfigInputs withEnvironment(Map<String, String> variables) {
        return new ConfigInputs(file, variables, sets, flags);
    }

    public ConfigInputs withSets(List<String> assignments) {
        return new ConfigInputs(file, environment, assignments, flags);
    }

    public ConfigInputs withFlags(Map<String, String> given) {
        return new ConfigInputs(file, environment, sets, given);
    }

    public ConfigInputs withData(String folder) {
        return withFlags(Map.of("--data", folder));
    }
}
