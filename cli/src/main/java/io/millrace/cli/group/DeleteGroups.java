package io.millrace.cli.group;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace group delete`.
@Command(
        name = "delete",
        description = "Delete groups without members, with their offsets.",
        mixinStandardHelpOptions = true)
final class DeleteGroups implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "GROUP", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            Replies.await(admin, admin.deleteConsumerGroups(names).all());
        }
        names.forEach(name -> shared.answer().say("Group " + name + " deleted"));
        if (shared.isJson()) {
            shared.answer().json(Map.of("deleted", names));
        }
    }
}
