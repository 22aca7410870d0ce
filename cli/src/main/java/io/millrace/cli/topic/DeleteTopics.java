package io.millrace.cli.topic;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `millrace topic delete`.
@Command(name = "delete", description = "Delete topics with all they hold.", mixinStandardHelpOptions = true)
final class DeleteTopics implements Runnable {
    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Their names.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            Replies.await(admin, admin.deleteTopics(names).all());
        }
        names.forEach(name -> shared.answer().say("Topic " + name + " deleted"));
        if (shared.isJson()) {
            shared.answer().json(Map.of("deleted", names));
        }
    }
}
