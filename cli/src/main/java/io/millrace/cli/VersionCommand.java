package io.millrace.cli;

import io.millrace.cli.output.OutputOption;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace version`.
@Command(name = "version", description = "Show what is running.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public void run() {
        var version = new Version();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("millrace", version.millrace());
        facts.put("kafka", version.kafka());
        facts.put("java", version.java());
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        output.answer().facts(facts);
    }
}
