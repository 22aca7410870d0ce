package io.millrace.server.config;

/// Where a value comes from. Later ones win: default, file, environment, flag.
public sealed interface ConfigSource {
    /// In words for an operator.
    String words();

    /// Nobody set it.
    record Default() implements ConfigSource {
        @Override
        public String words() {
            return "default";
        }
    }

    /// A line of the YAML file.
    record File(String file, int line) implements ConfigSource {
        @Override
        public String words() {
            return file + ":" + line;
        }
    }

    /// An environment variable.
    record Environment(String variable) implements ConfigSource {
        @Override
        public String words() {
            return variable;
        }
    }

    /// An option of the command, such as `--set` or `--data`.
    record Flag(String option) implements ConfigSource {
        @Override
        public String words() {
            return option;
        }
    }
}
