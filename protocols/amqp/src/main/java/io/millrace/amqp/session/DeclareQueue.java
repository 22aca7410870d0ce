package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.topology.QueueArgumentRules;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueRules;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.Optional;

/// `queue.declare`. Only a queue that is new is submitted; one that is there is compared, and told of when all nodes
/// know it.
final class DeclareQueue {
    private static final String TYPE = "x-queue-type";
    private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";

    private DeclareQueue() {}

    static void on(AmqpChannel channel, QueueMethods.Declare declare) throws Refused {
        String given = Names.cleaned(declare.queue());
        if (ReplyConsumer.isReplyName(given)) {
            declareReplies(channel, given, declare.noWait());
        } else if (declare.passive()) {
            declarePassively(channel, new QueueName(given), declare.noWait());
        } else {
            declare(channel, given, declare);
        }
    }

    /// A reply consumer is no queue, but clients ask whether it is there.
    private static void declareReplies(AmqpChannel channel, String name, boolean noWait) throws Refused {
        if (!name.equals(ReplyConsumer.QUEUE) && !channel.ports().replies().isOpen(name)) {
            throw Lookup.missing(channel, new QueueName(name));
        }
        channel.answer(noWait, new QueueMethods.DeclareOk(name, 0, 1));
    }

    private static void declarePassively(AmqpChannel channel, QueueName name, boolean noWait) throws Refused {
        QueueView view = Lookup.usable(channel, name);
        channel.lastQueue(name.value());
        answer(channel, view, noWait, false);
    }

    private static void declare(AmqpChannel channel, String given, QueueMethods.Declare declare) throws Refused {
        if (!given.isEmpty()) {
            Names.checkNotReserved("queue", given);
        }
        QueueName name = new QueueName(
                given.isEmpty() ? Names.generated("amq.gen", channel.ports().randomness()) : given);
        channel.connection().access().configure(name);
        VhostView vhost = channel.connection().vhost();
        QueueSpec wanted = spec(channel, name, declare, vhost.defaultQueueType());
        Optional<QueueView> current = vhost.queue(name);
        if (current.isEmpty() && wanted.type() == QueueType.STREAM) {
            current = Lookup.topic(channel, name); // it is there, for any other type it is not
        }
        if (current.isPresent() && !isForTheController(channel, current.get(), wanted)) {
            compare(channel, current.get(), wanted);
            channel.lastQueue(name.value());
            answerOrReplace(channel, current.get(), wanted, declare.noWait());
        } else {
            Optional<String> refusal = QueueArgumentRules.refuse(wanted);
            if (refusal.isPresent()) {
                throw Refused.preconditionFailed(refusal.get());
            }
            checkDeadLetters(channel, wanted);
            submit(channel, wanted, declare.noWait());
        }
    }

    /// An exclusive queue goes with its connection, so it is never durable.
    private static QueueSpec spec(AmqpChannel channel, QueueName name, QueueMethods.Declare declare, QueueType standard)
            throws Refused {
        Arguments arguments = Tables.arguments(declare.arguments());
        return new QueueSpec(
                new QueueRef(channel.connection().vhostName(), name),
                type(
                        channel,
                        name,
                        arguments,
                        standard.orClassic(declare.durable(), declare.exclusive(), declare.autoDelete())),
                declare.durable() && !declare.exclusive(),
                declare.exclusive(),
                declare.autoDelete(),
                arguments);
    }

    private static QueueType type(AmqpChannel channel, QueueName name, Arguments arguments, QueueType standard)
            throws Refused {
        Optional<ArgumentValue> given = arguments.find(TYPE);
        if (given.isEmpty()) {
            return standard;
        }
        if (!(given.get() instanceof ArgumentValue.Text word)) {
            throw invalid(channel, name, TYPE, "{unacceptable_type," + Inequivalences.typeName(given.get()) + "}");
        }
        return QueueType.find(word.asString())
                .orElseThrow(
                        () -> invalid(channel, name, TYPE, "\"unsupported queue type '" + word.asString() + "'\""));
    }

    private static Refused invalid(AmqpChannel channel, QueueName name, String argument, String why) {
        return Refused.preconditionFailed(
                "invalid arg '" + argument + "' for " + Lookup.text(channel, name) + ": " + why);
    }

    /// Whether there is another queue of this name in the memory of another node. It is in nobody's way when that node
    /// is away, which the controller knows.
    private static boolean isForTheController(AmqpChannel channel, QueueView current, QueueSpec wanted) {
        boolean isSame = isOwnerRight(channel, current, wanted)
                && QueueRules.difference(current.spec(), wanted).isEmpty();
        return !isSame
                && current.home() instanceof QueueView.Home.InMemory memory
                && memory.nodeId() != channel.ports().nodeId();
    }

    private static boolean isOwnerRight(AmqpChannel channel, QueueView current, QueueSpec wanted) {
        return wanted.exclusive()
                ? Lookup.isOwned(channel, current)
                : !current.spec().exclusive();
    }

    private static void compare(AmqpChannel channel, QueueView current, QueueSpec wanted) throws Refused {
        if (!isOwnerRight(channel, current, wanted)) {
            throw Lookup.locked(channel, wanted.ref().name());
        }
        Optional<Inequivalence> difference = QueueRules.difference(current.spec(), wanted);
        if (difference.isPresent()) {
            throw Inequivalences.refused(
                    difference.get(), Lookup.text(channel, wanted.ref().name()));
        }
    }

    private static void checkDeadLetters(AmqpChannel channel, QueueSpec wanted) throws Refused {
        Optional<ArgumentValue> exchange = wanted.arguments().find(DEAD_LETTER_EXCHANGE);
        if (exchange.isEmpty()) {
            return;
        }
        QueueName name = wanted.ref().name();
        if (!(exchange.get() instanceof ArgumentValue.Text text)) {
            throw Refused.preconditionFailed("invalid type '" + Inequivalences.typeName(exchange.get()) + "' for arg '"
                    + DEAD_LETTER_EXCHANGE + "' in " + Lookup.text(channel, name));
        }
        Access access = channel.connection().access();
        access.read(name);
        access.write(new ExchangeName(text.asString()));
    }

    private static void submit(AmqpChannel channel, QueueSpec wanted, boolean noWait) {
        Connection connection = channel.connection();
        if (wanted.exclusive()) {
            connection.ownsQueues();
        }
        AmqpChannel.Continuation then = channel.await();
        channel.ports()
                .changes()
                .submit(
                        new TopologyChange.DeclareQueue(
                                wanted,
                                channel.ports().nodeId(),
                                wanted.exclusive()
                                        ? Optional.of(connection.peer().connection())
                                        : Optional.empty()),
                        reply -> then.goOn(() -> declared(channel, wanted.ref().name(), noWait, reply)));
    }

    private static void declared(AmqpChannel channel, QueueName name, boolean noWait, TopologyReply reply)
            throws Refused {
        TopologyReply.Done done = Outcomes.check(reply, channel.connection().vhostName());
        channel.lastQueue(name.value());
        if (done.changed()) {
            channel.answer(noWait, new QueueMethods.DeclareOk(name.value(), 0, 0));
        } else {
            answer(channel, Lookup.queue(channel, name), noWait, true);
        }
    }

    /// A queue whose node is away with all its memory is replaced by a new one on this node (ADR 0026).
    private static void answerOrReplace(AmqpChannel channel, QueueView view, QueueSpec wanted, boolean noWait) {
        AmqpChannel.Continuation then = channel.await();
        channel.ports()
                .queues()
                .counts(
                        view,
                        true,
                        counts -> then.goOn(() -> {
                            if (counts.outcome() == QueueOutcome.UNAVAILABLE
                                    && view.home() instanceof QueueView.Home.InMemory) {
                                submit(channel, wanted, noWait);
                            } else {
                                counted(channel, view, noWait, counts);
                            }
                        }));
    }

    /// Answers with the counts of a queue that was there before.
    private static void answer(AmqpChannel channel, QueueView view, boolean noWait, boolean isUse) {
        if (noWait && !isUse) {
            return;
        }
        AmqpChannel.Continuation then = channel.await();
        channel.ports().queues().counts(view, isUse, counts -> then.goOn(() -> counted(channel, view, noWait, counts)));
    }

    private static void counted(AmqpChannel channel, QueueView view, boolean noWait, Queues.CountsReply counts)
            throws Refused {
        QueueName name = view.ref().name();
        if (counts.outcome() != QueueOutcome.DONE) {
            Outcomes.check(channel, name, counts.outcome());
        }
        channel.whenKnown(() ->
                channel.answer(noWait, new QueueMethods.DeclareOk(name.value(), counts.ready(), counts.consumers())));
    }
}
