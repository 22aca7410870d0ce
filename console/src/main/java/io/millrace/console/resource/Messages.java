package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.mapping.AmqpFormat;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.Routable;
import io.millrace.broker.routing.Route;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.json.MessageJson;
import io.millrace.console.json.PropertiesJson;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.Arguments;
import io.millrace.model.Clock;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Publishing to an exchange, taking messages from a queue, and purging it. For looking and trying, as with RabbitMQ.
final class Messages {
    private static final int GET_COUNT_MAX = 10_000;

    private final QueueAccess queues;
    private final Clock clock;

    Messages(QueueAccess queues, Clock clock) {
        this.queues = queues;
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.post("/exchanges/{vhost}/{name}/publish", this::publish)
                .post("/queues/{vhost}/{name}/get", this::get)
                .delete("/queues/{vhost}/{name}/contents", this::purge);
    }

    private void publish(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        Body body = call.json();
        body.require("properties", "routing_key", "payload", "payload_encoding");
        ExchangeName exchange = Exchanges.name(call.path("name"));
        checkExchange(call, vhost, exchange);
        call.asker().checkWriteTopic(vhost, exchange, body.text("routing_key"));
        BasicProperties properties = properties(call, body);
        Message message = new Message(
                FormatId.AMQP_0_9_1,
                exchange.value(),
                body.text("routing_key"),
                properties.octets(),
                payload(body),
                clock.wallMs());
        queues.loop().post(() -> send(call, vhost, new Published(message, properties)));
    }

    private static void checkExchange(Call call, VhostView vhost, ExchangeName name) throws Refusal {
        call.asker().checkWrite(vhost, "exchange", name.value());
        String text = "exchange '" + name + "' in vhost '" + vhost.name() + "'";
        ExchangeSpec exchange =
                vhost.routing().exchange(name).orElseThrow(() -> Refusal.badRequest("404 NOT_FOUND - no " + text));
        if (exchange.internal()) {
            throw Refusal.badRequest("403 ACCESS_REFUSED - cannot publish to internal " + text);
        }
    }

    private static BasicProperties properties(Call call, Body body) throws Refusal {
        Optional<PropertiesJson.Wrong> wrong = PropertiesJson.wrong(body.object("properties"));
        if (wrong.isPresent()) {
            throw Refusal.badTerm(wrong.get().kind(), wrong.get().property());
        }
        BasicProperties properties = PropertiesJson.read(body.object("properties"));
        String user = call.asker().user().name();
        if (!properties.userId().orElse(user).equals(user)) {
            throw Refusal.badRequest("406 PRECONDITION_FAILED - user_id property set to '"
                    + properties.userId().orElse("") + "' but authenticated user was '" + user + "'");
        }
        String expiration = properties.expiration().orElse("0");
        if (expiration.isEmpty() || !expiration.chars().allMatch(letter -> letter >= '0' && letter <= '9')) {
            throw Refusal.badRequest("406 PRECONDITION_FAILED - invalid expiration '" + expiration + "': no_integer");
        }
        return properties;
    }

    private static byte[] payload(Body body) throws Refusal {
        String payload = body.text("payload");
        return switch (body.text("payload_encoding")) {
            case "string" -> payload.getBytes(StandardCharsets.UTF_8);
            case "base64" -> {
                try {
                    yield Base64.getDecoder().decode(payload);
                } catch (IllegalArgumentException none) {
                    throw Refusal.badTerm("not_base64", payload);
                }
            }
            default -> throw Refusal.badTerm("unsupported_encoding", body.text("payload_encoding"));
        };
    }

    /// A message as the router sees it.
    private record Published(Message message, BasicProperties properties) implements Routable {
        @Override
        public String routingKey() {
            return message.routingKey();
        }

        @Override
        public Arguments headers() {
            return Tables.arguments(properties.headers());
        }

        @Override
        public Optional<String> property(String name) {
            return AmqpFormat.property(properties, name);
        }
    }

    /// Answers when every queue has the message: the answer is the publisher's confirm.
    private void send(Call call, VhostView vhost, Published published) {
        Route route = queues.router()
                .route(vhost.routing(), new ExchangeName(published.message().exchange()), published);
        List<QueueView> targets = new ArrayList<>();
        for (Destination.Target target : route.targets()) {
            Optional<QueueView> queue = switch (target) {
                case Destination.ToQueue(var name) -> vhost.anyQueue(name);
                case Destination.ToTopic(String topic) -> queues.topics().apply(vhost.name(), new QueueName(topic));
            };
            queue.ifPresent(targets::add);
        }
        Consumer<Boolean> ended = call.later(stored -> published(call, !targets.isEmpty(), stored));
        if (targets.isEmpty()) {
            ended.accept(true);
            return;
        }
        Publication whole = new All(ended, targets.size());
        targets.forEach(queue -> queues.queues().publish(queue, published.message(), whole));
    }

    private static void published(Call call, boolean routed, boolean stored) throws Refusal {
        if (!stored) {
            throw Refusal.unavailable("the message was not taken by every queue");
        }
        call.answer(Json.object().put("routed", routed));
    }

    /// Waits for all queues.
    private static final class All implements Publication {
        private final Consumer<Boolean> whenEnded;
        private int left;
        private boolean stored = true;

        All(Consumer<Boolean> whenEnded, int left) {
            this.whenEnded = whenEnded;
            this.left = left;
        }

        @Override
        public void ended(End end) {
            stored &= end.isConfirmed();
            if (--left == 0) {
                whenEnded.accept(stored);
            }
        }
    }

    private void get(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        Body body = call.json();
        body.require("ackmode", "count", "encoding");
        QueueView queue = vhost.queue(new QueueName(call.path("name")))
                .orElseThrow(() -> Refusal.missing(
                        "NOT_FOUND - no queue '" + call.path("name") + "' in vhost '" + vhost.name() + "'"));
        call.asker().checkRead(vhost, "queue", queue.ref().name().value());
        if (queue.spec().type() == QueueType.STREAM) {
            throw Refusal.badRequest("540 NOT_IMPLEMENTED - basic.get not supported by stream queues " + queue.ref());
        }
        asBase64(body);
        bytesMax(body);
        int count = Math.clamp(body.number("count"), 0, GET_COUNT_MAX);
        Getting getting =
                new Getting(queues.loop(), settlement(body), count, call.later(taken -> got(call, body, taken)));
        queues.loop().post(() -> getting.take(queues.queues().hold(queue)));
    }

    private static Settlement settlement(Body body) throws Refusal {
        return switch (body.text("ackmode")) {
            case "ack_requeue_true", "reject_requeue_true" -> Settlement.REQUEUE;
            case "ack_requeue_false" -> Settlement.ACKNOWLEDGE;
            case "reject_requeue_false" -> Settlement.REJECT;
            default ->
                throw Refusal.badRequest("Unsupported ackmode. Please use ack_requeue_true,"
                        + " reject_requeue_true, ack_requeue_false or reject_requeue_false.");
        };
    }

    private static void got(Call call, Body body, Getting.Taken taken) throws Refusal {
        if (taken.rows().isEmpty() && taken.outcome() != QueueOutcome.DONE) {
            throw taken.outcome() == QueueOutcome.GONE
                    ? Refusal.notFound()
                    : Refusal.unavailable("the queue can not be read now");
        }
        boolean asBase64 = asBase64(body);
        int bytesMax = bytesMax(body);
        ArrayNode list = Json.array();
        taken.rows().forEach(row -> list.add(MessageJson.of(row.delivery(), row.readyAfter(), asBase64, bytesMax)));
        call.answer(list);
    }

    private static boolean asBase64(Body body) throws Refusal {
        return switch (body.text("encoding")) {
            case "auto" -> false;
            case "base64" -> true;
            default -> throw Refusal.badRequest("Unsupported encoding. Please use auto or base64.");
        };
    }

    private static int bytesMax(Body body) throws Refusal {
        return body.has("truncate") ? Math.max(0, body.number("truncate")) : Integer.MAX_VALUE;
    }

    private void purge(Call call) throws Refusal {
        VhostView vhost = call.vhostToChange();
        QueueView queue = Queues.queue(call);
        call.asker().checkRead(vhost, "queue", queue.ref().name().value());
        if (queue.spec().type() == QueueType.STREAM) {
            throw Refusal.badRequest("queue.purge not supported by stream queues " + queue.ref());
        }
        Consumer<CountsReply> reply = call.later(purged -> {
            if (purged.outcome() != QueueOutcome.DONE) {
                throw Refusal.unavailable(queue.ref() + " can not be reached");
            }
            call.answer(ApiAnswer.noContent());
        });
        queues.loop().post(() -> queues.queues().purge(queue, reply));
    }
}
