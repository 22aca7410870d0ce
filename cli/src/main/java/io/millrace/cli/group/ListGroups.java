package io.millrace.cli.group;

import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Missing;
import java.util.Comparator;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `millrace group list`.
@Command(name = "list", description = "List groups of every kind.", mixinStandardHelpOptions = true)
final class ListGroups implements Runnable {
    private static final List<Column<GroupListing>> COLUMNS = List.of(
            new Column<>("group", GroupListing::groupId),
            new Column<>(
                    "state",
                    group -> group.groupState().<Object>map(state -> state).orElse(Missing.VALUE)),
            new Column<>("type", group -> group.type().<Object>map(type -> type).orElse(Missing.VALUE)),
            new Column<>("protocol", GroupListing::protocol));

    @Mixin
    private final AdminOption shared = new AdminOption();

    @Override
    public void run() {
        try (Admin admin = shared.admin()) {
            List<GroupListing> groups = Replies.await(admin, admin.listGroups().all()).stream()
                    .sorted(Comparator.comparing(GroupListing::groupId))
                    .toList();
            shared.answer().rows(COLUMNS, groups);
        }
    }
}
