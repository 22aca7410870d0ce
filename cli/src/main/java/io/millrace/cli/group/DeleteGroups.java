package io.millrace.cli.group;

import io.millrace.cli.client.ClientOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.OutputOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `millrace group delete`.
@Command(
        name = "delete",
        description = "Delete groups without members, with their offsets.",
        mixinStandardHelpOptions = true)
final class DeleteGroups implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "GROUP", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final ClientOption client = new ClientOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli fills it in
    private CommandSpec spec;

    @Override
    public void run() {
        try (Admin admin = client.admin()) {
            Replies.await(admin.deleteConsumerGroups(names).all());
        }
        names.forEach(name -> output.to(spec).say("Group " + name + " deleted"));
        if (output.isJson()) {
            output.to(spec).json(Map.of("deleted", names));
        }
    }
}
