package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Delay;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Routable;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.Arguments;
import io.millrace.model.Clock;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Publishes what queues give up to their dead-letter exchanges, as RabbitMQ 3.13 does: with its history in the
/// headers, without its time to live, and not back to a queue it came through by itself before. A letter that goes
/// nowhere is dropped. One that nobody knows to be stored stays with its queue, which sends it again; so does one that
/// a full queue refuses, when its own queue promises at-least-once.
///
/// Owned by: one loop.
public final class DeadLetterRouter implements DeadLetters {
    /// Bytes of letters on their way from all queues of the loop; what is too much its queue sends later.
    private static final long OUT_BYTES_MAX = 32 * 1024 * 1024;

    private final Clock clock;
    private final TopologySource topology;
    private final Router router;
    private final MessageFormats formats;
    private final Supplier<Queues> queues;
    private long outBytes;

    /// @param router this loop's own
    /// @param queues as this loop sees them; asked for when the first letter is sent
    public DeadLetterRouter(
            Clock clock, TopologySource topology, Router router, MessageFormats formats, Supplier<Queues> queues) {
        this.clock = clock;
        this.topology = topology;
        this.router = router;
        this.formats = formats;
        this.queues = queues;
    }

    @Override
    public void send(
            QueueView from, Message message, Reason reason, Set<QueueName> only, Consumer<Set<QueueName>> done) {
        Optional<VhostView> vhost = topology.topology().vhost(from.ref().vhost());
        Optional<ExchangeName> delayedBy = DelayQueue.exchangeOf(from.ref().name());
        if (vhost.isPresent() && delayedBy.isPresent()) {
            forward(from, vhost.get(), delayedBy.get(), message, only, done);
            return;
        }
        Optional<String> exchange = QueueArguments.text(from, "dead-letter-exchange");
        if (vhost.isEmpty() || exchange.isEmpty()) {
            done.accept(Set.of());
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
        Set<QueueName> targets = targets(vhost.get(), new ExchangeName(letter.exchange()), letter, headers);
        if (reason != Reason.REJECTED) {
            targets.removeIf(name -> Deaths.isCycle(headers, name.value()));
        }
        send(from, vhost.get(), letter, targets, only, done);
    }

    /// A message that has waited in a delayed exchange goes on as if it were published there now.
    private void forward(
            QueueView from,
            VhostView vhost,
            ExchangeName exchange,
            Message message,
            Set<QueueName> only,
            Consumer<Set<QueueName>> done) {
        MessageFormat format = formats.of(message);
        Arguments headers = format == null ? Arguments.NONE : Delay.waited(format.headers(message.properties()));
        byte[] properties =
                format == null ? message.properties() : format.withHeaders(message.properties(), headers, false);
        Message waited = new Message(
                message.format(), message.exchange(), message.routingKey(), properties, message.body(), clock.wallMs());
        send(from, vhost, waited, targets(vhost, exchange, waited, headers), only, done);
    }

    private void send(
            QueueView from,
            VhostView vhost,
            Message letter,
            Set<QueueName> targets,
            Set<QueueName> only,
            Consumer<Set<QueueName>> done) {
        if (!only.isEmpty()) {
            targets.retainAll(only);
        }
        if (targets.isEmpty() || (outBytes > 0 && outBytes + letter.bytes() > OUT_BYTES_MAX)) {
            done.accept(targets);
        } else {
            new Letter(from, letter, targets, done).send(vhost);
        }
    }

    private Message letter(Message message, String exchange, String key, Arguments headers) {
        MessageFormat format = formats.of(message);
        byte[] properties =
                format == null ? message.properties() : format.withHeaders(message.properties(), headers, true);
        return new Message(message.format(), exchange, key, properties, message.body(), clock.wallMs());
    }

    private Set<QueueName> targets(VhostView vhost, ExchangeName exchange, Message letter, Arguments headers) {
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
        Set<QueueName> targets = new LinkedHashSet<>();
        for (Target target : router.route(vhost.routing(), exchange, routable).targets()) {
            if (target instanceof ToQueue(QueueName queue)) {
                targets.add(queue);
            }
        }
        return targets;
    }

    /// A letter on its way to several queues.
    private final class Letter {
        private final QueueView from;
        private final Message message;
        private final Set<QueueName> targets;
        private final Consumer<Set<QueueName>> done;
        private final Set<QueueName> failed = new HashSet<>();
        private int open;

        Letter(QueueView from, Message message, Set<QueueName> targets, Consumer<Set<QueueName>> done) {
            this.from = from;
            this.message = message;
            this.targets = targets;
            this.done = done;
        }

        void send(VhostView vhost) {
            outBytes += message.bytes();
            open = targets.size();
            targets.forEach(name -> vhost.anyQueue(name)
                    .ifPresentOrElse(
                            queue -> queues.get().publish(queue, message, end -> ended(name, end)),
                            () -> ended(name, End.STORED)));
        }

        private void ended(QueueName name, End end) {
            boolean isWanted =
                    end == End.FAILED || (end != End.STORED && QueueArguments.isDeadLetteredAtLeastOnce(from));
            if (isWanted) {
                failed.add(name);
            }
            if (--open == 0) {
                outBytes -= message.bytes();
                done.accept(failed);
            }
        }
    }
}
