package io.millrace.cli.policy;

import io.millrace.cli.client.Management;
import io.millrace.cli.client.ManagementOption;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `millrace policy set`.
@Command(
        name = "set",
        description = "Set a policy for queues or exchanges whose names match.",
        mixinStandardHelpOptions = true)
final class SetPolicy implements Runnable {
    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "PATTERN", description = "A regular expression.")
    private String pattern = "";

    @Parameters(index = "2..*", arity = "1..*", paramLabel = "KEY=VALUE", description = "Such as max-length=1000.")
    private Map<String, String> definition = new LinkedHashMap<>();

    @Option(names = "--vhost", description = "The virtual host (default: ${DEFAULT-VALUE}).")
    private String vhost = "/";

    @Option(
            names = "--apply-to",
            description =
                    "queues, classic_queues, quorum_queues, streams, exchanges or all (default: ${DEFAULT-VALUE}).")
    private String target = "all";

    @Option(names = "--priority", description = "Of several that match the highest counts (default: ${DEFAULT-VALUE}).")
    private int priority;

    @Option(names = "--operator", description = "An operator's policy.")
    private boolean operator;

    @Mixin
    private final ManagementOption shared = new ManagementOption();

    @Override
    public void run() {
        Map<String, Object> typed = new LinkedHashMap<>();
        definition.forEach((key, value) -> typed.put(key, Management.value(value)));
        String path = (operator ? "/operator-policies" : "/policies") + Management.part(vhost) + Management.part(name);
        try (Management api = shared.api()) {
            api.put(path, Map.of("pattern", pattern, "definition", typed, "apply-to", target, "priority", priority));
        }
        shared.answer().say("Policy " + name + " set");
    }
}
