package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.Publication.End;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Delay;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.routing.Routable;
import io.millrace.broker.routing.Route;
import io.millrace.broker.routing.Router;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologySource;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.Arguments;
import io.millrace.model.Clock;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Publishes what queues give up to their dead-letter exchanges, as RabbitMQ 3.13 does: with its history in the
/// headers, without its time to live, and not back to a queue it came through by itself before. A letter that goes
/// nowhere is dropped, and so is one that a topic can never take, which is told. One that nobody knows to be stored
/// stays with its queue, which sends it again; so does one that a full queue refuses, when its own queue promises
/// at-least-once.
///
/// Owned by: one loop.
public final class DeadLetterRouter implements DeadLetters {
    /// Bytes of letters on their way from all queues of the loop; what is too much its queue sends later.
    private static final long OUT_BYTES_MAX = 32 * 1024 * 1024;

    private final Clock clock;
    private final TopologySource topology;
    private final Router router;
    private final MessageFormats formats;
    private final Topics topics;
    private final Supplier<Queues> queues;
    private final QueueEvents events;
    private long outBytes;

    /// Topics, as those see them who know queues.
    @FunctionalInterface
    public interface Topics {
        Optional<QueueView> find(VhostName vhost, QueueName name);
    }

    /// @param router this loop's own
    /// @param queues as this loop sees them; asked for when the first letter is sent
    public DeadLetterRouter(
            Clock clock,
            TopologySource topology,
            Router router,
            MessageFormats formats,
            Topics topics,
            Supplier<Queues> queues,
            QueueEvents events) {
        this.clock = clock;
        this.topology = topology;
        this.router = router;
        this.formats = formats;
        this.topics = topics;
        this.queues = queues;
        this.events = events;
    }

    @Override
    public void send(QueueView from, Message message, Reason reason, Set<Target> only, Consumer<Set<Target>> done) {
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
        Route route = route(vhost.get(), new ExchangeName(letter.exchange()), letter, headers);
        Set<Target> targets = new LinkedHashSet<>(route.targets());
        if (reason != Reason.REJECTED) {
            targets.removeIf(
                    target -> target instanceof ToQueue(QueueName name) && Deaths.isCycle(headers, name.value()));
        }
        send(from, vhost.get(), letter, targets, only, orAgain(route, done));
    }

    /// What is left is routed anew when it is sent again, and must not meet itself in a de-duplicating exchange.
    private static Consumer<Set<Target>> orAgain(Route route, Consumer<Set<Target>> done) {
        return left -> {
            if (!left.isEmpty()) {
                route.failed();
            }
            done.accept(left);
        };
    }

    /// A message that has waited in a delayed exchange goes on as if it were published there now.
    private void forward(
            QueueView from,
            VhostView vhost,
            ExchangeName exchange,
            Message message,
            Set<Target> only,
            Consumer<Set<Target>> done) {
        MessageFormat format = formats.of(message);
        Arguments headers = format == null ? Arguments.NONE : Delay.waited(format.headers(message.properties()));
        byte[] properties =
                format == null ? message.properties() : format.withHeaders(message.properties(), headers, false);
        Message waited = new Message(
                message.format(), message.exchange(), message.routingKey(), properties, message.body(), clock.wallMs());
        Route route = route(vhost, exchange, waited, headers);
        send(from, vhost, waited, new LinkedHashSet<>(route.targets()), only, orAgain(route, done));
    }

    private void send(
            QueueView from,
            VhostView vhost,
            Message letter,
            Set<Target> targets,
            Set<Target> only,
            Consumer<Set<Target>> done) {
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

    private Route route(VhostView vhost, ExchangeName exchange, Message letter, Arguments headers) {
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
        Route route = router.route(vhost.routing(), exchange, routable);
        String key = letter.routingKey();
        // like every queue, a topic is bound to the default exchange by its name
        boolean isToTopic = route.isEmpty()
                && exchange.value().isEmpty()
                && !key.isEmpty()
                && topics.find(vhost.name(), new QueueName(key)).isPresent();
        return isToTopic ? new Route(List.of(new ToTopic(key))) : route;
    }

    /// Empty when it has gone since the message was routed.
    private Optional<QueueView> find(VhostView vhost, Target target) {
        return switch (target) {
            case ToQueue(QueueName name) -> vhost.anyQueue(name);
            case ToTopic(String topic) -> topics.find(vhost.name(), new QueueName(topic));
        };
    }

    /// A letter on its way to several queues and topics.
    private final class Letter {
        private final QueueView from;
        private final Message message;
        private final Set<Target> targets;
        private final Consumer<Set<Target>> done;
        private final Set<Target> failed = new HashSet<>();
        private int open;

        Letter(QueueView from, Message message, Set<Target> targets, Consumer<Set<Target>> done) {
            this.from = from;
            this.message = message;
            this.targets = targets;
            this.done = done;
        }

        void send(VhostView vhost) {
            outBytes += message.bytes();
            open = targets.size();
            targets.forEach(target -> find(vhost, target)
                    .ifPresentOrElse(
                            queue -> queues.get().publish(queue, message, end -> ended(target, end)),
                            () -> ended(target, End.STORED)));
        }

        private void ended(Target target, End end) {
            boolean isWanted = switch (end) {
                case STORED, UNFIT -> false;
                case REFUSED, NOWHERE -> QueueArguments.isDeadLetteredAtLeastOnce(from);
                case FAILED -> true;
            };
            if (isWanted) {
                failed.add(target);
            }
            if (end == End.UNFIT) {
                events.unfit(from.ref(), target);
            }
            if (--open == 0) {
                outBytes -= message.bytes();
                done.accept(failed);
            }
        }
    }
}
