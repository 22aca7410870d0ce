package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.json.ConnectionJson;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ConnectionsView.ChannelRow;
import io.millrace.console.port.ConnectionsView.Connected;
import io.millrace.console.port.ConnectionsView.ConnectionRow;
import io.millrace.console.port.ConnectionsView.ConsumerRow;
import io.millrace.console.port.ConnectionsView.Depth;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.console.web.Shape;
import io.millrace.console.web.SortKey;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// `/api/connections`, `/api/channels` and `/api/consumers`. Who monitors sees all, others their own; who
/// administers closes all, others their own.
final class Connections {
    private final ConnectionsView connections;

    Connections(ConnectionsView connections) {
        this.connections = connections;
    }

    void addTo(Routes routes) {
        routes.get("/connections", call -> listConnections(call, row -> true))
                .get(
                        "/connections/username/{user}",
                        call -> listConnections(call, row -> row.user().equals(call.path("user"))))
                .delete("/connections/username/{user}", this::closeOfUser)
                .get("/connections/{name}", this::connection)
                .delete("/connections/{name}", this::close)
                .get(
                        "/connections/{name}/channels",
                        call -> withNamed(call, call.path("name"), connected -> show(call, connected, row -> true)))
                .get("/vhosts/{vhost}/connections", call -> listConnections(call, inVhost(call)))
                .get("/vhosts/{vhost}/channels", call -> listChannels(call, inVhost(call)))
                .get("/channels", call -> listChannels(call, row -> true))
                .get("/channels/{name}", this::channel)
                .get("/consumers", call -> listConsumers(call, row -> true))
                .get("/consumers/{vhost}", call -> listConsumers(call, inVhost(call)));
    }

    private static Predicate<ConnectionRow> inVhost(Call call) throws Refusal {
        VhostName vhost = call.vhost().name();
        return row -> row.vhost().equals(vhost);
    }

    private static boolean mayKnow(Call call, ConnectionRow row) {
        return call.asker().isMonitor() || row.user().equals(call.asker().user().name());
    }

    private void with(Call call, Depth depth, Call.Rest<Connected> rest) {
        connections.ask(new Wanted.All(depth), call.later(rest));
    }

    private void withNamed(Call call, String connection, Call.Rest<Connected> rest) {
        connections.ask(new Wanted.Named(connection), call.later(rest));
    }

    /// Rows that are all looked at alike.
    private record Rows<T>(Function<T, String> names, Function<T, ObjectNode> trees) implements Shape<T> {
        @Override
        public String name(T row) {
            return names.apply(row);
        }

        @Override
        public ObjectNode tree(T row) {
            return trees.apply(row);
        }

        @Override
        public Optional<SortKey> field(T row, String field) {
            return Optional.empty();
        }
    }

    private void listConnections(Call call, Predicate<ConnectionRow> filter) {
        with(call, Depth.CONNECTIONS, connected -> {
            List<ConnectionRow> rows = connected.connections().stream()
                    .filter(filter)
                    .filter(row -> mayKnow(call, row))
                    .toList();
            call.answer(rows, new Rows<>(ConnectionRow::name, ConnectionJson::connection));
        });
    }

    private void listChannels(Call call, Predicate<ConnectionRow> filter) {
        with(call, Depth.CHANNELS, connected -> show(call, connected, filter));
    }

    private static void show(Call call, Connected connected, Predicate<ConnectionRow> filter) throws Refusal {
        List<ChannelRow> rows = connected.channels().stream()
                .filter(row -> filter.test(row.connection()) && mayKnow(call, row.connection()))
                .toList();
        call.answer(rows, new Rows<>(ChannelRow::name, ConnectionJson::channel));
    }

    private void listConsumers(Call call, Predicate<ConnectionRow> filter) {
        with(call, Depth.CONSUMERS, connected -> {
            List<ConsumerRow> rows = connected.consumers().stream()
                    .filter(row -> filter.test(row.channel().connection())
                            && mayKnow(call, row.channel().connection()))
                    .toList();
            call.answer(rows, new Rows<>(ConsumerRow::tag, ConnectionJson::consumer));
        });
    }

    private static ConnectionRow found(Call call, Connected connected) throws Refusal {
        return connected.connections().stream()
                .filter(row -> row.name().equals(call.path("name")) && mayKnow(call, row))
                .findFirst()
                .orElseThrow(Refusal::notFound);
    }

    private void connection(Call call) {
        withNamed(call, call.path("name"), connected -> call.answer(ConnectionJson.connection(found(call, connected))));
    }

    private void channel(Call call) {
        String name = call.path("name");
        withNamed(
                call,
                ChannelRow.connectionOf(name),
                connected -> call.answer(connected.channels().stream()
                        .filter(row -> row.name().equals(name) && mayKnow(call, row.connection()))
                        .findFirst()
                        .map(ConnectionJson::channel)
                        .orElseThrow(Refusal::notFound)));
    }

    private void close(Call call) {
        withNamed(call, call.path("name"), connected -> {
            ConnectionRow row = found(call, connected);
            call.asker().checkMayEnd(row.user());
            connections.close(row, reason(call));
            call.answer(ApiAnswer.noContent());
        });
    }

    private void closeOfUser(Call call) throws Refusal {
        call.asker().checkMayEnd(call.path("user"));
        with(call, Depth.CONNECTIONS, connected -> {
            connected.connections().stream()
                    .filter(row -> row.user().equals(call.path("user")))
                    .forEach(row -> connections.close(row, reason(call)));
            call.answer(ApiAnswer.noContent());
        });
    }

    private static String reason(Call call) {
        return call.reason().orElse("Closed via management plugin");
    }
}
