package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.ExchangeMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.routing.RoutingRules;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.util.Optional;

/// Class `exchange`. What is there already as wanted is answered from this node's topology, once the other nodes know
/// it; only a real change is submitted.
final class HandleExchange {
    private HandleExchange() {}

    static void on(AmqpChannel channel, ExchangeMethods method) throws Refused {
        switch (method) {
            case ExchangeMethods.Declare declare -> {
                if (declare.passive()) {
                    declarePassively(channel, declare);
                } else {
                    declare(channel, declare);
                }
            }
            case ExchangeMethods.Delete delete -> delete(channel, delete);
            case ExchangeMethods.Bind bind -> bind(channel, bind);
            case ExchangeMethods.Unbind unbind -> unbind(channel, unbind);
            default -> throw AmqpChannel.unimplemented();
        }
    }

    private static void declarePassively(AmqpChannel channel, ExchangeMethods.Declare declare) throws Refused {
        ExchangeName name = new ExchangeName(Names.cleaned(declare.exchange()));
        checkNotDefault(name);
        if (routing(channel).exchange(name).isEmpty()) {
            throw Refused.notFound("no " + text(channel, name));
        }
        channel.whenKnown(() -> channel.answer(declare.noWait(), new ExchangeMethods.DeclareOk()));
    }

    private static void declare(AmqpChannel channel, ExchangeMethods.Declare declare) throws Refused {
        ExchangeType type = type(declare.type());
        ExchangeName name = new ExchangeName(Names.cleaned(declare.exchange()));
        checkNotDefault(name);
        channel.connection().access().configure(name);
        ExchangeSpec wanted = new ExchangeSpec(
                name,
                type,
                declare.durable(),
                declare.autoDelete(),
                declare.internal(),
                Tables.arguments(declare.arguments()));
        Optional<ExchangeSpec> current = routing(channel).exchange(name);
        if (current.isPresent()) {
            Optional<Inequivalence> difference = current.get().differenceTo(wanted);
            if (difference.isPresent()) {
                throw Inequivalences.refused(difference.get(), text(channel, name));
            }
            channel.whenKnown(() -> channel.answer(declare.noWait(), new ExchangeMethods.DeclareOk()));
            return;
        }
        Names.checkNotReserved("exchange", name.value());
        checkAlternate(channel, name, wanted.arguments());
        refuse(channel, RoutingRules.declare(routing(channel), wanted));
        submit(
                channel,
                new TopologyChange.DeclareExchange(vhost(channel), wanted),
                () -> channel.answer(declare.noWait(), new ExchangeMethods.DeclareOk()));
    }

    private static ExchangeType type(String word) throws Refused {
        if (word.isEmpty()) {
            throw new Refused(ReplyCode.COMMAND_INVALID, "invalid exchange type ''");
        }
        return ExchangeType.find(word)
                .orElseThrow(() -> new Refused(ReplyCode.COMMAND_INVALID, "unknown exchange type '" + word + "'"));
    }

    private static void checkAlternate(AmqpChannel channel, ExchangeName name, Arguments arguments) throws Refused {
        Optional<ArgumentValue> alternate = arguments.find(ExchangeSpec.ALTERNATE_EXCHANGE);
        if (alternate.isEmpty()) {
            return;
        }
        if (!(alternate.get() instanceof ArgumentValue.Text text)) {
            throw Refused.preconditionFailed("invalid type '" + Inequivalences.typeName(alternate.get()) + "' for arg '"
                    + ExchangeSpec.ALTERNATE_EXCHANGE + "' in " + text(channel, name));
        }
        Access access = channel.connection().access();
        access.read(name);
        access.write(new ExchangeName(text.asString()));
    }

    private static void delete(AmqpChannel channel, ExchangeMethods.Delete delete) throws Refused {
        ExchangeName name = new ExchangeName(Names.cleaned(delete.exchange()));
        checkNotDefault(name);
        if (Names.isReserved(name.value())) {
            throw Refused.accessRefused("deletion of system " + text(channel, name) + " not allowed");
        }
        channel.connection().access().configure(name);
        Step answer = () -> channel.answer(delete.noWait(), new ExchangeMethods.DeleteOk());
        if (routing(channel).exchange(name).isEmpty()) {
            channel.whenKnown(answer);
            return;
        }
        refuse(channel, RoutingRules.delete(routing(channel), name, delete.ifUnused()));
        submit(channel, new TopologyChange.DeleteExchange(vhost(channel), name, delete.ifUnused()), answer);
    }

    private static void bind(AmqpChannel channel, ExchangeMethods.Bind bind) throws Refused {
        Binding binding = binding(bind.source(), bind.destination(), bind.routingKey(), bind.arguments());
        check(channel, binding, new ExchangeName(bind.destination()));
        bind(channel, binding, () -> channel.answer(bind.noWait(), new ExchangeMethods.BindOk()));
    }

    private static void unbind(AmqpChannel channel, ExchangeMethods.Unbind unbind) throws Refused {
        Binding binding = binding(unbind.source(), unbind.destination(), unbind.routingKey(), unbind.arguments());
        check(channel, binding, new ExchangeName(unbind.destination()));
        unbind(channel, binding, () -> channel.answer(unbind.noWait(), new ExchangeMethods.UnbindOk()));
    }

    private static Binding binding(String source, String destination, String key, FieldTable arguments) {
        return new Binding(
                new ExchangeName(source), new Destination.ToExchange(destination), key, Tables.arguments(arguments));
    }

    private static void check(AmqpChannel channel, Binding binding, ExchangeName destination) throws Refused {
        channel.connection().access().write(destination);
        channel.connection().access().read(binding.source());
        checkNotDefault(destination);
        checkSource(channel, binding);
    }

    /// What a binding begins at; also for queues.
    static void checkSource(AmqpChannel channel, Binding binding) throws Refused {
        checkNotDefault(binding.source());
        Optional<ExchangeSpec> source = routing(channel).exchange(binding.source());
        if (source.isPresent() && source.get().type() == ExchangeType.TOPIC) {
            channel.connection().access().readTopic(binding.source(), binding.key());
        }
    }

    /// Makes a binding whose permissions were checked; also for queues.
    static void bind(AmqpChannel channel, Binding binding, Step answer) throws Refused {
        if (routing(channel).hasBinding(binding)) {
            channel.whenKnown(answer);
            return;
        }
        refuse(channel, RoutingRules.bind(routing(channel), binding));
        submit(channel, new TopologyChange.Bind(vhost(channel), binding), answer);
    }

    /// Takes a binding away whose permissions were checked; also for queues. What is missing is no reason to refuse.
    static void unbind(AmqpChannel channel, Binding binding, Step answer) throws Refused {
        if (routing(channel).hasBinding(binding)) {
            submit(channel, new TopologyChange.Unbind(vhost(channel), binding), answer);
        } else {
            channel.whenKnown(answer);
        }
    }

    private static void checkNotDefault(ExchangeName name) throws Refused {
        if (name.isDefault()) {
            throw Refused.accessRefused("operation not permitted on the default exchange");
        }
    }

    private static void submit(AmqpChannel channel, TopologyChange change, Step answer) {
        AmqpChannel.Continuation then = channel.await();
        channel.ports()
                .changes()
                .submit(
                        change,
                        reply -> then.goOn(() -> {
                            Outcomes.check(reply, vhost(channel));
                            answer.run();
                        }));
    }

    private static void refuse(AmqpChannel channel, Optional<RoutingRefusal> refusal) throws Refused {
        if (refusal.isPresent()) {
            throw Outcomes.refused(refusal.get(), vhost(channel));
        }
    }

    private static RoutingTable routing(AmqpChannel channel) throws Refused {
        return channel.connection().vhost().routing();
    }

    private static VhostName vhost(AmqpChannel channel) {
        return channel.connection().vhostName();
    }

    private static String text(AmqpChannel channel, ExchangeName name) {
        return Names.exchange(name, vhost(channel));
    }
}
