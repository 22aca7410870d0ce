package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;

/// How the broker's answers read in AMQP, in RabbitMQ's words.
final class Outcomes {
    private Outcomes() {}

    /// @throws Refused for everything but [QueueOutcome#DONE]
    static void check(AmqpChannel channel, QueueName name, QueueOutcome outcome) throws Refused {
        String queue = Lookup.text(channel, name);
        switch (outcome) {
            case DONE -> {}
            case GONE -> throw Lookup.missing(channel, name);
            // RabbitMQ has these words for a queue whose node is away; clients try again.
            case UNAVAILABLE -> throw Refused.notFound("home node of durable " + queue + " is down or inaccessible");
            case EXCLUSIVE_USE -> throw Refused.accessRefused(queue + " in exclusive use");
            case IN_USE -> throw Refused.preconditionFailed(queue + " in use");
            case NOT_EMPTY -> throw Refused.preconditionFailed(queue + " not empty");
            case UNSUPPORTED -> throw Refused.notImplemented("not supported by " + queue);
        }
    }

    /// @throws Refused for everything but [TopologyReply.Done]
    static TopologyReply.Done check(TopologyReply reply, VhostName vhost) throws Refused {
        return switch (reply) {
            case TopologyReply.Done done -> done;
            case TopologyReply.Refused(RoutingRefusal why) -> throw refused(why, vhost);
            case TopologyReply.NoVhost(VhostName gone) -> throw Connection.forced(Connection.vhostGone(gone));
            case TopologyReply.QueueInequivalent(QueueRef queue, Inequivalence difference) ->
                throw Inequivalences.refused(difference, queue.toString());
            case TopologyReply.Locked(QueueRef queue) -> throw Lookup.locked(queue);
            // Not known to be done: the client is to connect again and to declare again.
            case TopologyReply.Failed(Outcome why) -> throw new Refused(ReplyCode.INTERNAL_ERROR, why.message());
        };
    }

    static Refused refused(RoutingRefusal why, VhostName vhost) {
        return switch (why) {
            case RoutingRefusal.DefaultExchange _ ->
                Refused.accessRefused("operation not permitted on the default exchange");
            case RoutingRefusal.ReservedName(var exchange) ->
                Refused.accessRefused("exchange name '" + exchange + "' contains reserved prefix 'amq.*'");
            case RoutingRefusal.NoExchange(var exchange) -> Refused.notFound("no " + Names.exchange(exchange, vhost));
            case RoutingRefusal.NoQueue(var queue) -> Refused.notFound("no " + Names.queue(queue, vhost));
            case RoutingRefusal.Inequivalent(var exchange, var difference) ->
                Inequivalences.refused(difference, Names.exchange(exchange, vhost));
            case RoutingRefusal.InUse(var exchange) ->
                Refused.preconditionFailed(Names.exchange(exchange, vhost) + " in use");
            case RoutingRefusal.Invalid(String text) -> Refused.preconditionFailed(text);
        };
    }
}
