package io.millrace.cli.config;

import io.millrace.cli.output.OutputOption;
import io.millrace.server.NodeSettings;
import io.millrace.server.config.ConfigValue;
import io.millrace.server.config.EffectiveConfig;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace config check`: ends with 2 and the reasons when a node would not start with this.
@Command(
        name = "check",
        description = "Check a configuration without starting anything.",
        mixinStandardHelpOptions = true)
final class CheckConfig implements Runnable {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public void run() {
        EffectiveConfig effective = config.load();
        NodeSettings.check(effective.config());
        List<ConfigValue> idle = effective.withoutEffect();
        List<String> warnings = effective.warnings();
        if (output.isJson()) {
            output.answer()
                    .json(Map.of(
                            "ok",
                            true,
                            "warnings",
                            warnings,
                            "without-effect",
                            idle.stream().map(ConfigValue::key).toList()));
            return;
        }
        idle.forEach(value -> output.answer().say(idle(value)));
        warnings.forEach(warning -> output.answer().say("Warning: " + warning));
        output.answer().say(warnings.isEmpty() ? "The configuration is fine." : "A node would start with this.");
    }

    private static String idle(ConfigValue value) {
        return value.key() + " has no effect here (" + value.source().words() + ")"
                + EffectiveConfig.insteadOf(value).map(key -> "; use " + key).orElse("");
    }
}
