package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Commit;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.routing.Route;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a channel publishes: at once, in a transaction, or with confirms.
///
/// Owned by: one connection's loop.
final class Publisher implements Confirms.Verdicts {
    private final AmqpChannel channel;
    private @Nullable Confirms confirms;
    private @Nullable Transaction transaction;

    Publisher(AmqpChannel channel) {
        this.channel = channel;
    }

    boolean confirms() {
        return confirms != null;
    }

    /// How many messages wait for their confirm.
    int unconfirmed() {
        Confirms telling = confirms;
        return telling == null ? 0 : telling.pending();
    }

    void startConfirms() {
        if (confirms == null) {
            confirms = new Confirms();
        }
    }

    @Nullable
    Transaction transaction() {
        return transaction;
    }

    void startTransactions() {
        if (transaction == null) {
            transaction = new Transaction(channel.connection().inflow());
        }
    }

    void publish(Outgoing outgoing) throws Refused {
        Transaction open = transaction;
        if (open != null) {
            open.add(outgoing);
            return;
        }
        Confirms telling = confirms;
        if (telling == null) {
            send(outgoing, Publication.UNHEARD);
        } else {
            long sequence = telling.begin();
            if (!send(outgoing, end -> confirm(telling, sequence, end))) {
                telling.endAtOnce(sequence, this);
            }
        }
    }

    private void confirm(Confirms telling, long sequence, Publication.End end) {
        if (!channel.isClosed()) {
            telling.end(sequence, end.isConfirmed());
            channel.touch();
        }
    }

    /// A message and where it goes, which is somewhere.
    record Routed(Outgoing outgoing, Route route, VhostView vhost) {
        Commit.Routed part() {
            return new Commit.Routed(outgoing.message(), route.targets());
        }

        /// It did not arrive: whoever hears of it may send it again.
        void failed() {
            if (route.mayFail()) {
                route.failed();
            }
        }
    }

    /// Routes a message and hands it to every queue it goes to.
    ///
    /// @param whole told once, when all queues have answered: STORED only when all said so that there still are
    /// @return false when it goes to none, and `whole` is not told; a mandatory message was returned then
    private boolean send(Outgoing outgoing, Publication whole) throws Refused {
        Optional<Routed> routed = route(outgoing);
        routed.ifPresent(message -> hand(message, whole));
        return routed.isPresent();
    }

    /// Finds out where a message goes. One that goes to no queue is done with, and returned when it is mandatory.
    Optional<Routed> route(Outgoing outgoing) throws Refused {
        Message message = outgoing.message();
        if (isDirectReply(outgoing)) {
            answer(outgoing);
            return Optional.empty();
        }
        VhostView vhost = channel.connection().vhost();
        Route route = channel.ports().router().route(vhost.routing(), new ExchangeName(message.exchange()), outgoing);
        if (route.isEmpty()) {
            route = toTopic(message);
        }
        if (route.isEmpty()) {
            unroutable(outgoing);
            return Optional.empty();
        }
        return Optional.of(new Routed(outgoing, route, vhost));
    }

    /// Whether it goes to somebody who waits for it, past all queues.
    static boolean isDirectReply(Outgoing outgoing) {
        Message message = outgoing.message();
        return message.exchange().isEmpty() && message.routingKey().startsWith(ReplyConsumer.PREFIX);
    }

    /// Sends a direct reply.
    void answer(Outgoing reply) {
        Message message = reply.message();
        if (!channel.ports().replies().send(message.routingKey(), message)) {
            unroutable(reply);
        }
    }

    /// Hands a message to every queue it goes to.
    ///
    /// @param whole as with [#send]
    void hand(Routed routed, Publication whole) {
        Outgoing outgoing = routed.outgoing;
        Publication told = routed.route.mayFail() ? orForgotten(routed.route, whole) : whole;
        hand(
                outgoing.message(),
                routed.route.targets(),
                routed.vhost,
                outgoing.mandatory() ? orReturned(outgoing, told) : told);
    }

    /// How many logs a message goes to.
    long logs(Routed routed) {
        return routed.route.targets().stream()
                .flatMap(target -> find(target, routed.vhost).stream())
                .filter(queue -> queue.home() instanceof QueueView.Home.OnLog)
                .count();
    }

    /// Whoever hears that the message did not arrive may send it again.
    private static Publication orForgotten(Route route, Publication whole) {
        return end -> {
            if (!end.isConfirmed() || end == Publication.End.NOWHERE) {
                route.failed();
            }
            whole.ended(end);
        };
    }

    /// Also returns the message when all it was routed to turns out to be away, before `whole` is told.
    private Publication orReturned(Outgoing outgoing, Publication whole) {
        return end -> {
            if (end == Publication.End.NOWHERE && !channel.isClosed()) {
                unroutable(outgoing);
                channel.touch();
            }
            whole.ended(end);
        };
    }

    /// Like every queue, a topic is bound to the default exchange by its name.
    private Route toTopic(Message message) {
        boolean isThere = message.exchange().isEmpty()
                && !message.routingKey().isEmpty()
                && Lookup.topic(channel, new QueueName(message.routingKey())).isPresent();
        return isThere ? new Route(List.of(new ToTopic(message.routingKey()))) : Route.NOWHERE;
    }

    private void hand(Message message, List<Target> targets, VhostView vhost, Publication whole) {
        UnderWay underWay = new UnderWay(channel.connection(), message.bytes(), targets.size(), whole);
        for (Target target : targets) {
            publish(find(target, vhost), message, underWay);
        }
    }

    private Optional<QueueView> find(Target target, VhostView vhost) {
        return switch (target) {
            case ToQueue(var name) -> vhost.anyQueue(name);
            case ToTopic(String topic) -> channel.ports().topics().find(vhost.name(), new QueueName(topic));
        };
    }

    private void publish(Optional<QueueView> queue, Message message, UnderWay underWay) {
        if (queue.isPresent()) {
            channel.ports().queues().publish(queue.get(), message, underWay);
        } else {
            underWay.ended(Publication.End.FAILED);
        }
    }

    private void unroutable(Outgoing outgoing) {
        if (outgoing.mandatory()) {
            Message message = outgoing.message();
            Contents.write(
                    channel,
                    new BasicMethods.Return(
                            ReplyCode.NO_ROUTE.code(),
                            ReplyCode.NO_ROUTE.name(),
                            message.exchange(),
                            message.routingKey()),
                    message);
        }
    }

    /// Sends the confirms of this turn.
    void tell() {
        Confirms telling = confirms;
        if (telling != null && telling.hasNews()) {
            telling.tell(this);
        }
    }

    @Override
    public void ack(long sequence, boolean multiple) {
        channel.send(new BasicMethods.Ack(sequence, multiple));
    }

    @Override
    public void nack(long sequence, boolean multiple) {
        channel.send(new BasicMethods.Nack(sequence, multiple, true));
    }

    void close() {
        confirms = null;
        Transaction open = transaction;
        if (open != null) {
            open.takeMessages();
            transaction = null;
        }
    }

    /// One message on its way to several queues.
    private static final class UnderWay implements Publication {
        private final Connection connection;
        private final int bytes;
        private final Publication whole;
        private int left;
        private End worst = End.NOWHERE;

        UnderWay(Connection connection, int bytes, int targets, Publication whole) {
            this.connection = connection;
            this.bytes = bytes;
            this.left = targets;
            this.whole = whole;
            connection.inflow().publishing(bytes);
        }

        @Override
        public void ended(End end) {
            if (worst.isConfirmed() && end != End.NOWHERE) {
                worst = end;
            }
            if (--left == 0) {
                connection.inflow().published(bytes);
                whole.ended(worst);
            }
        }
    }
}
