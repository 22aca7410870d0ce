package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.TopologyChange.DeclareExchange;
import io.millrace.broker.topology.TopologyChange.DeleteExchange;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.ExchangeJson;
import io.millrace.console.json.Json;
import io.millrace.console.port.QueueTallies;
import io.millrace.console.port.Tallies;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.console.web.Shape;
import io.millrace.console.web.SortKey;
import io.millrace.model.ExchangeName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// `/api/exchanges`, without what is published to them.
final class Exchanges {
    private static final String DEFAULT = "amq.default";

    private final Changes changes;
    private final QueueTallies tallies;

    Exchanges(Changes changes, QueueTallies tallies) {
        this.changes = changes;
        this.tallies = tallies;
    }

    void addTo(Routes routes) {
        routes.get("/exchanges", call -> list(call, seen(call)))
                .get("/exchanges/{vhost}", call -> list(call, List.of(call.vhost())))
                .get("/exchanges/{vhost}/{name}", this::get)
                .put("/exchanges/{vhost}/{name}", this::put)
                .delete("/exchanges/{vhost}/{name}", this::delete);
    }

    static List<VhostView> seen(Call call) {
        return call.topology().vhosts().stream().filter(call.asker()::sees).toList();
    }

    /// The default exchange has a name in paths.
    static ExchangeName name(String path) {
        return path.equals(DEFAULT) ? ExchangeName.DEFAULT : new ExchangeName(path);
    }

    private record Row(VhostView vhost, ExchangeSpec exchange) {}

    private void list(Call call, List<VhostView> vhosts) {
        List<Row> rows = new ArrayList<>();
        for (VhostView vhost : vhosts) {
            vhost.routing().forEachExchange(exchange -> rows.add(new Row(vhost, exchange)));
        }
        rows.sort(Comparator.comparing((Row row) -> row.vhost().name())
                .thenComparing(row -> row.exchange().name()));
        tallies.latest(call.later(latest -> call.answer(rows, new RowShape(latest))));
    }

    private record RowShape(Tallies latest) implements Shape<Row> {
        @Override
        public String name(Row row) {
            return row.exchange().name().value();
        }

        @Override
        public ObjectNode tree(Row row) {
            return Exchanges.tree(row.vhost(), row.exchange(), latest);
        }

        @Override
        public Optional<SortKey> field(Row row, String field) {
            return field.equals("name") ? Optional.of(SortKey.of(name(row))) : Optional.empty();
        }
    }

    private static ObjectNode tree(VhostView vhost, ExchangeSpec exchange, Tallies latest) {
        return ExchangeJson.of(vhost.name(), exchange, vhost.policyOf(exchange.name()), latest);
    }

    private void get(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        ExchangeSpec exchange =
                vhost.routing().exchange(name(call.path("name"))).orElseThrow(Refusal::notFound);
        tallies.latest(call.later(latest -> {
            ObjectNode tree = tree(vhost, exchange, latest);
            tree.putArray("incoming");
            tree.putArray("outgoing");
            call.answer(tree);
        }));
    }

    private void put(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        ExchangeName name = name(call.path("name"));
        Body body = call.json();
        call.asker().checkConfigure(vhost, "exchange", name.value());
        boolean isNew = vhost.routing().exchange(name).isEmpty();
        ExchangeSpec exchange = read(name, body);
        changes.submit(
                call,
                vhost.name(),
                new DeclareExchange(vhost.name(), exchange),
                _ -> call.answer(ApiAnswer.put(isNew)));
    }

    static ExchangeSpec read(ExchangeName name, Body body) throws Refusal {
        String type = body.text("type", ExchangeType.DIRECT.word());
        return new ExchangeSpec(
                name,
                ExchangeType.find(type).orElseThrow(() -> Refusal.badRequest("invalid exchange type '" + type + "'")),
                body.bool("durable"),
                body.bool("auto_delete"),
                body.bool("internal"),
                Json.arguments(body.object("arguments")));
    }

    private void delete(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        ExchangeName name = name(call.path("name"));
        if (vhost.routing().exchange(name).isEmpty()) {
            throw Refusal.notFound();
        }
        call.asker().checkConfigure(vhost, "exchange", name.value());
        boolean ifUnused = call.query().isTrue("if-unused");
        changes.submit(
                call,
                vhost.name(),
                new DeleteExchange(vhost.name(), name, ifUnused),
                _ -> call.answer(ApiAnswer.noContent()));
    }
}
