package io.millrace.console.resource;

import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange.DeclareQueue;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.console.json.Json;
import io.millrace.console.port.ManagementPorts;
import io.millrace.console.port.QueueAccess;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.Arguments;
import io.millrace.model.Clock;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/// `/api/aliveness-test`: a message goes into a queue and comes out. The queue stays, as with RabbitMQ, since tests
/// come every few seconds.
final class Aliveness {
    private static final QueueName QUEUE = new QueueName("aliveness-test");

    private final Changes changes;
    private final TopologySource topology;
    private final QueueAccess queues;
    private final Clock clock;
    private final int nodeId;

    Aliveness(Changes changes, ManagementPorts ports) {
        this.changes = changes;
        this.topology = ports.topology();
        this.queues = ports.queues();
        this.clock = ports.clock();
        this.nodeId = ports.nodeId();
    }

    void addTo(Routes routes) {
        routes.get("/aliveness-test/{vhost}", this::test);
    }

    private void test(Call call) throws Refusal {
        VhostView vhost = call.vhost();
        call.asker().checkConfigure(vhost, "queue", QUEUE.value());
        call.asker().checkWrite(vhost, "exchange", "");
        call.asker().checkRead(vhost, "queue", QUEUE.value());
        QueueRef ref = new QueueRef(vhost.name(), QUEUE);
        QueueSpec queue = new QueueSpec(ref, QueueType.CLASSIC, false, false, false, Arguments.NONE);
        if (vhost.queue(QUEUE).isPresent()) {
            publish(call, vhost.queue(QUEUE).get());
        } else {
            changes.submit(
                    call,
                    vhost.name(),
                    new DeclareQueue(queue, nodeId, Optional.empty()),
                    _ -> topology.topology()
                            .vhost(ref.vhost())
                            .flatMap(there -> there.queue(QUEUE))
                            .ifPresentOrElse(declared -> publish(call, declared), () -> failed(call)));
        }
    }

    private void publish(Call call, QueueView queue) {
        Message message = new Message(
                FormatId.AMQP_0_9_1,
                ExchangeName.DEFAULT.value(),
                QUEUE.value(),
                BasicProperties.EMPTY.octets(),
                "test_message".getBytes(StandardCharsets.UTF_8),
                clock.wallMs());
        Publication publication = end -> take(call, queue, end);
        queues.loop().post(() -> queues.queues().publish(queue, message, publication));
    }

    /// Called on the loop of the queues' user.
    private void take(Call call, QueueView queue, Publication.End end) {
        Consumer<Getting.Taken> answer = call.later(taken -> {
            if (taken.rows().isEmpty()) {
                failed(call);
            } else {
                call.answer(Json.object().put("status", "ok"));
            }
        });
        if (end == Publication.End.STORED) {
            new Getting(queues.loop(), Settlement.ACKNOWLEDGE, 1, answer)
                    .take(queues.queues().hold(queue));
        } else {
            call.<Publication.End>later(_ -> failed(call)).accept(end);
        }
    }

    private static void failed(Call call) {
        call.refuse(Refusal.unavailable("a message can not be put into a queue and taken out again"));
    }
}
