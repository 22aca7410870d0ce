package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Routable;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.Arguments;
import io.millrace.model.Clock;
import io.millrace.model.ExchangeName;
import io.millrace.model.Loop;
import io.millrace.model.QueueName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Publishes what queues give up to their dead-letter exchanges, as RabbitMQ 3.13 does: with its history in the
/// headers, without its time to live, and not back to a queue it came through by itself before. A letter that goes
/// nowhere is dropped; one that nobody knows to be stored is sent again.
///
/// Owned by: one loop.
public final class DeadLetterRouter implements DeadLetters {
    private static final long AGAIN_MS = 1_000;

    private final Loop loop;
    private final Clock clock;
    private final TopologySource topology;
    private final Router router;
    private final MessageFormats formats;
    private final Supplier<Queues> queues;

    /// @param router this loop's own
    /// @param queues as this loop sees them; asked for when the first letter is sent
    public DeadLetterRouter(
            Loop loop,
            Clock clock,
            TopologySource topology,
            Router router,
            MessageFormats formats,
            Supplier<Queues> queues) {
        this.loop = loop;
        this.clock = clock;
        this.topology = topology;
        this.router = router;
        this.formats = formats;
        this.queues = queues;
    }

    @Override
    public void send(QueueView from, Message message, Reason reason, Runnable done) {
        Optional<VhostView> vhost = topology.topology().vhost(from.ref().vhost());
        Optional<String> exchange = QueueArguments.text(from, "dead-letter-exchange");
        if (vhost.isEmpty() || exchange.isEmpty()) {
            done.run();
            return;
        }
        Optional<String> ownKey = QueueArguments.text(from, "dead-letter-routing-key");
        MessageFormat format = formats.of(message);
        Arguments before = format == null ? Arguments.NONE : format.headers(message.properties());
        Death death = new Death(
                reason.label(),
                from.ref().name().value(),
                clock.wallMs(),
                message.exchange(),
                message.routingKey(),
                format == null ? Optional.empty() : format.property(message.properties(), "expiration"));
        Arguments headers = Deaths.after(before, death, ownKey.isPresent());
        Message letter = letter(message, exchange.get(), ownKey.orElse(message.routingKey()), headers);
        List<ToQueue> targets = targets(vhost.get(), letter, headers, reason);
        if (targets.isEmpty()) {
            done.run();
        } else {
            new Letter(from, letter, done).send(targets);
        }
    }

    private Message letter(Message message, String exchange, String key, Arguments headers) {
        MessageFormat format = formats.of(message);
        byte[] properties =
                format == null ? message.properties() : format.withHeaders(message.properties(), headers, true);
        return new Message(message.format(), exchange, key, properties, message.body(), clock.wallMs());
    }

    private List<ToQueue> targets(VhostView vhost, Message letter, Arguments headers, Reason reason) {
        List<String> furtherKeys = Deaths.furtherKeys(headers);
        var routable = new Routable() {
            @Override
            public String routingKey() {
                return letter.routingKey();
            }

            @Override
            public List<String> furtherKeys() {
                return furtherKeys;
            }

            @Override
            public Arguments headers() {
                return headers;
            }

            @Override
            public Optional<String> property(String name) {
                MessageFormat format = formats.of(letter);
                return format == null ? Optional.empty() : format.property(letter.properties(), name);
            }
        };
        List<ToQueue> targets = new ArrayList<>();
        for (Target target : router.route(vhost.routing(), new ExchangeName(letter.exchange()), routable)
                .targets()) {
            if (target instanceof ToQueue queue
                    && (reason == Reason.REJECTED
                            || !Deaths.isCycle(headers, queue.queue().value()))) {
                targets.add(queue);
            }
        }
        return targets;
    }

    /// A letter on its way to several queues.
    private final class Letter {
        private final QueueView from;
        private final Message message;
        private final Runnable done;
        private int left;

        Letter(QueueView from, Message message, Runnable done) {
            this.from = from;
            this.message = message;
            this.done = done;
        }

        void send(List<ToQueue> targets) {
            left = targets.size();
            targets.forEach(target -> send(target.queue()));
        }

        private void send(QueueName name) {
            Optional<QueueView> queue =
                    topology.topology().vhost(from.ref().vhost()).flatMap(vhost -> vhost.queue(name));
            if (queue.isEmpty()) {
                arrived();
            } else {
                queues.get().publish(queue.get(), message, end -> ended(name, end));
            }
        }

        private void ended(QueueName name, End end) {
            if (end == End.FAILED) {
                loop.after(AGAIN_MS, () -> send(name));
            } else {
                arrived();
            }
        }

        private void arrived() {
            if (--left == 0) {
                done.run();
            }
        }
    }
}
