package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.Optional;

/// Class `queue`, besides `declare`, which is in [DeclareQueue].
final class HandleQueue {
    private HandleQueue() {}

    static void on(AmqpChannel channel, QueueMethods method) throws Refused {
        switch (method) {
            case QueueMethods.Declare declare -> DeclareQueue.on(channel, declare);
            case QueueMethods.Bind bind -> bind(channel, bind);
            case QueueMethods.Unbind unbind -> unbind(channel, unbind);
            case QueueMethods.Purge purge -> purge(channel, purge);
            case QueueMethods.Delete delete -> delete(channel, delete);
            default -> throw AmqpChannel.unimplemented();
        }
    }

    private static void bind(AmqpChannel channel, QueueMethods.Bind bind) throws Refused {
        QueueName queue = Lookup.name(channel, bind.queue());
        // Both empty: the queue declared last, under its own name.
        boolean isShort = bind.queue().isEmpty() && bind.routingKey().isEmpty();
        String key = isShort ? queue.value() : bind.routingKey();
        Destination to =
                isTopic(channel, queue) ? new Destination.ToTopic(queue.value()) : new Destination.ToQueue(queue);
        Binding binding = binding(bind.exchange(), to, key, bind.arguments());
        check(channel, binding, queue);
        Optional<QueueView> view = channel.connection().vhost().queue(queue);
        if (view.isPresent() && Lookup.isLocked(channel, view.get())) {
            throw Lookup.locked(channel, queue);
        }
        HandleExchange.bind(channel, binding, () -> channel.answer(bind.noWait(), new QueueMethods.BindOk()));
    }

    private static void unbind(AmqpChannel channel, QueueMethods.Unbind unbind) throws Refused {
        QueueName queue = Lookup.name(channel, unbind.queue());
        boolean isShort = unbind.queue().isEmpty() && unbind.routingKey().isEmpty();
        String key = isShort ? queue.value() : unbind.routingKey();
        Binding binding = binding(unbind.exchange(), new Destination.ToQueue(queue), key, unbind.arguments());
        check(channel, binding, queue);
        if (!channel.connection().vhost().routing().hasBinding(binding)) {
            // a topic's, if there is one: also of a time before the queue of its name
            Destination topic = new Destination.ToTopic(queue.value());
            binding = Lookup.topic(channel, queue).isPresent()
                    ? binding(unbind.exchange(), topic, key, unbind.arguments())
                    : binding;
        }
        HandleExchange.unbind(channel, binding, () -> channel.send(new QueueMethods.UnbindOk()));
    }

    /// A queue of the name comes first.
    private static boolean isTopic(AmqpChannel channel, QueueName name) throws Refused {
        return channel.connection().vhost().queue(name).isEmpty()
                && Lookup.topic(channel, name).isPresent();
    }

    private static Binding binding(String exchange, Destination to, String key, FieldTable arguments) {
        return new Binding(new ExchangeName(exchange), to, key, Tables.arguments(arguments));
    }

    private static void check(AmqpChannel channel, Binding binding, QueueName queue) throws Refused {
        channel.connection().access().write(queue);
        channel.connection().access().read(binding.source());
        HandleExchange.checkSource(channel, binding);
    }

    private static void purge(AmqpChannel channel, QueueMethods.Purge purge) throws Refused {
        QueueName name = Lookup.name(channel, purge.queue());
        channel.connection().access().read(name);
        QueueView view = Lookup.usable(channel, name);
        if (view.spec().type() == QueueType.STREAM) {
            throw Refused.notImplemented("queue.purge not supported by stream queues " + Lookup.text(channel, name));
        }
        AmqpChannel.Continuation then = channel.await();
        channel.ports()
                .queues()
                .purge(
                        view,
                        counts -> then.goOn(() -> {
                            Outcomes.check(channel, name, counts.outcome());
                            channel.answer(purge.noWait(), new QueueMethods.PurgeOk(counts.ready()));
                        }));
    }

    private static void delete(AmqpChannel channel, QueueMethods.Delete delete) throws Refused {
        QueueName name = Lookup.name(channel, delete.queue());
        channel.connection().access().configure(name);
        Optional<QueueView> view = channel.connection().vhost().queue(name);
        if (view.isEmpty() && Lookup.topic(channel, name).isPresent()) {
            throw Refused.accessRefused(Lookup.text(channel, name) + " is a topic, and deleted as one");
        }
        if (view.isEmpty()) {
            channel.whenKnown(() -> channel.answer(delete.noWait(), new QueueMethods.DeleteOk(0)));
            return;
        }
        if (Lookup.isLocked(channel, view.get())) {
            throw Lookup.locked(channel, name);
        }
        AmqpChannel.Continuation then = channel.await();
        channel.ports()
                .queues()
                .delete(
                        view.get(),
                        delete.ifUnused(),
                        delete.ifEmpty(),
                        counts -> then.goOn(() -> deleted(channel, name, delete.noWait(), counts)));
    }

    /// That another was quicker is as good.
    private static void deleted(AmqpChannel channel, QueueName name, boolean noWait, Queues.CountsReply counts)
            throws Refused {
        if (counts.outcome() != QueueOutcome.GONE) {
            Outcomes.check(channel, name, counts.outcome());
        }
        channel.answer(noWait, new QueueMethods.DeleteOk(counts.ready()));
    }
}
