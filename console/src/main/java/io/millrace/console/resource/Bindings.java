package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange.Bind;
import io.millrace.broker.topology.TopologyChange.Unbind;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.BindingJson;
import io.millrace.console.json.Json;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Percent;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.console.web.Shape;
import io.millrace.console.web.SortKey;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// `/api/bindings`, and the bindings of an exchange or a queue.
final class Bindings {
    private static final String BETWEEN = "/bindings/{vhost}/e/{source}/{kind}/{destination}";

    private final Changes changes;

    Bindings(Changes changes) {
        this.changes = changes;
    }

    void addTo(Routes routes) {
        routes.get("/bindings", call -> list(call, Exchanges.seen(call)))
                .get("/bindings/{vhost}", call -> list(call, List.of(call.vhost())))
                .get(BETWEEN, Bindings::listBetween)
                .post(BETWEEN, this::bind)
                .get(BETWEEN + "/{key}", Bindings::get)
                .delete(BETWEEN + "/{key}", this::unbind)
                .get("/exchanges/{vhost}/{name}/bindings/source", Bindings::listFrom)
                .get("/exchanges/{vhost}/{name}/bindings/destination", Bindings::listToExchange)
                .get("/queues/{vhost}/{name}/bindings", Bindings::listToQueue);
    }

    private record Row(VhostName vhost, Binding binding) {
        static final Comparator<Row> ORDER = Comparator.comparing(Row::vhost)
                .thenComparing(row -> row.binding().source())
                .thenComparing(row -> BindingJson.name(row.binding().destination()))
                .thenComparing(row -> row.binding().key());
    }

    private static final class RowShape implements Shape<Row> {
        @Override
        public String name(Row row) {
            return BindingJson.name(row.binding().destination());
        }

        @Override
        public ObjectNode tree(Row row) {
            return BindingJson.of(row.vhost(), row.binding());
        }

        @Override
        public Optional<SortKey> field(Row row, String field) {
            return Optional.empty();
        }
    }

    private static void list(Call call, List<VhostView> vhosts) throws Refusal {
        List<Row> rows = new ArrayList<>();
        for (VhostView vhost : vhosts) {
            Consumer<Binding> add = binding -> rows.add(new Row(vhost.name(), binding));
            addFromDefault(vhost, add);
            vhost.routing().forEachExchange(exchange -> vhost.routing().forEachBindingFrom(exchange.name(), add));
        }
        answer(call, rows);
    }

    /// Every queue is bound to the default exchange by its name.
    private static void addFromDefault(VhostView vhost, Consumer<Binding> action) {
        for (QueueView queue : vhost.queuesFrom("")) {
            action.accept(fromDefault(queue.ref().name()));
        }
    }

    private static Binding fromDefault(QueueName queue) {
        return new Binding(ExchangeName.DEFAULT, new Destination.ToQueue(queue), queue.value(), Arguments.NONE);
    }

    private static void answer(Call call, List<Row> rows) throws Refusal {
        rows.sort(Row.ORDER);
        call.answer(rows, new RowShape());
    }

    private static void listFrom(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        ExchangeName name = Exchanges.name(call.path("name"));
        checkThere(vhost.routing().exchange(name));
        List<Row> rows = new ArrayList<>();
        Consumer<Binding> add = binding -> rows.add(new Row(vhost.name(), binding));
        if (name.isDefault()) {
            addFromDefault(vhost, add);
        }
        vhost.routing().forEachBindingFrom(name, add);
        answer(call, rows);
    }

    private static void listToExchange(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        ExchangeName name = Exchanges.name(call.path("name"));
        checkThere(vhost.routing().exchange(name));
        answer(call, rowsTo(vhost, new Destination.ToExchange(name)));
    }

    private static void listToQueue(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        QueueName name = new QueueName(call.path("name"));
        checkThere(vhost.queue(name));
        answer(call, rowsTo(vhost, new Destination.ToQueue(name)));
    }

    private static void checkThere(Optional<?> found) throws Refusal {
        if (found.isEmpty()) {
            throw Refusal.notFound();
        }
    }

    private static List<Row> rowsTo(VhostView vhost, Destination destination) {
        List<Row> rows = new ArrayList<>();
        if (destination instanceof Destination.ToQueue(QueueName queue)
                && vhost.queue(queue).isPresent()) {
            rows.add(new Row(vhost.name(), fromDefault(queue)));
        }
        vhost.routing().forEachBindingTo(destination, binding -> rows.add(new Row(vhost.name(), binding)));
        return rows;
    }

    private static void listBetween(Call call) throws Refusal {
        answer(call, between(call, call.vhost()));
    }

    private static List<Row> between(Call call, VhostView vhost) throws Refusal {
        ExchangeName source = Exchanges.name(call.path("source"));
        List<Row> rows = rowsTo(vhost, destination(call));
        rows.removeIf(row -> !row.binding().source().equals(source));
        return rows;
    }

    private static Destination destination(Call call) throws Refusal {
        String name = call.path("destination");
        return switch (call.path("kind")) {
            case "q" -> new Destination.ToQueue(new QueueName(name));
            case "e" -> new Destination.ToExchange(Exchanges.name(name));
            case "t" -> new Destination.ToTopic(name);
            default -> throw Refusal.notFound();
        };
    }

    private static Binding found(Call call, VhostView vhost) throws Refusal {
        String key = call.path("key");
        List<Binding> all = between(call, vhost).stream().map(Row::binding).toList();
        return all.stream()
                .filter(binding -> BindingJson.propertiesKey(binding).equals(key))
                .findFirst()
                .or(() -> all.stream()
                        .filter(binding -> decodedKey(binding).equals(key))
                        .findFirst())
                .orElseThrow(Refusal::notFound);
    }

    /// Many clients hand the key back as they got it, which is encoded once too seldom.
    private static String decodedKey(Binding binding) {
        return Percent.decode(BindingJson.propertiesKey(binding), false);
    }

    private static void get(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        call.answer(BindingJson.of(vhost.name(), found(call, vhost)));
    }

    private void bind(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        Body body = call.json();
        Binding binding = new Binding(
                Exchanges.name(call.path("source")),
                destination(call),
                body.text("routing_key"),
                Json.arguments(body.object("arguments")));
        checkMayBind(call, vhost, binding);
        changes.submit(
                call,
                vhost.name(),
                new Bind(vhost.name(), binding),
                _ -> call.answer(ApiAnswer.createdAt(Percent.encode(call.path("destination")) + "/"
                        + Percent.encode(BindingJson.propertiesKey(binding)))));
    }

    /// Whoever binds writes to the destination and reads from the source.
    private static void checkMayBind(Call call, VhostView vhost, Binding binding) throws Refusal {
        String kind = binding.destination() instanceof Destination.ToExchange ? "exchange" : "queue";
        call.asker().checkWrite(vhost, kind, BindingJson.name(binding.destination()));
        call.asker().checkRead(vhost, "exchange", binding.source().value());
        call.asker().checkReadTopic(vhost, binding.source(), binding.key());
    }

    private void unbind(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        Binding binding = found(call, vhost);
        checkMayBind(call, vhost, binding);
        changes.submit(call, vhost.name(), new Unbind(vhost.name(), binding), _ -> call.answer(ApiAnswer.noContent()));
    }
}
