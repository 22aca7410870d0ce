package io.millrace.console.resource;

import io.millrace.amqp.session.Inequivalences;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.routing.Inequivalence;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.model.ErrorKind;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.util.function.Consumer;

/// Asks for changes of what exists, and puts refusals into RabbitMQ's words.
final class Changes {
    private final TopologyChanges changes;

    Changes(TopologyChanges changes) {
        this.changes = changes;
    }

    /// @param done told whether anything changed; not called when the call was refused
    void submit(Call call, VhostName vhost, TopologyChange change, Consumer<Boolean> done) {
        changes.submit(change, call.later(reply -> {
            if (reply instanceof TopologyReply.Done(boolean changed)) {
                done.accept(changed);
            } else {
                throw refusal(reply, vhost);
            }
        }));
    }

    /// A change outside of any virtual host.
    void submit(Call call, TopologyChange change, Consumer<Boolean> done) {
        submit(call, new VhostName(""), change, done);
    }

    private static Refusal refusal(TopologyReply reply, VhostName vhost) {
        return switch (reply) {
            case TopologyReply.Done _ -> throw new IllegalArgumentException("that is no refusal");
            case TopologyReply.Refused(RoutingRefusal why) -> refusal(why, vhost);
            case TopologyReply.NoVhost _ -> Refusal.missing("vhost_not_found");
            case TopologyReply.QueueInequivalent(QueueRef queue, Inequivalence difference) ->
                Refusal.badRequest(Inequivalences.text(difference, queue.toString()));
            case TopologyReply.Locked(QueueRef queue) ->
                Refusal.badRequest("cannot obtain exclusive access to locked " + queue);
            case TopologyReply.Failed(Outcome why) ->
                why.error() == ErrorKind.INVALID_REQUEST
                        ? Refusal.badRequest(why.message())
                        : Refusal.unavailable(why.message());
        };
    }

    private static Refusal refusal(RoutingRefusal why, VhostName vhost) {
        return switch (why) {
            case RoutingRefusal.DefaultExchange _, RoutingRefusal.ReservedName _ -> refused();
            case RoutingRefusal.NoExchange(ExchangeName exchange) -> Refusal.missing("no " + text(exchange, vhost));
            case RoutingRefusal.NoQueue(var queue) ->
                Refusal.missing("no queue '" + queue + "' in vhost '" + vhost + "'");
            case RoutingRefusal.Inequivalent(ExchangeName exchange, Inequivalence difference) ->
                Refusal.badRequest(Inequivalences.text(difference, text(exchange, vhost)));
            case RoutingRefusal.InUse(ExchangeName exchange) -> Refusal.badRequest(text(exchange, vhost) + " in use");
            case RoutingRefusal.Invalid(String text) -> Refusal.badRequest(text);
        };
    }

    /// What belongs to the broker.
    static Refusal refused() {
        return Refusal.notAuthorised("Access refused.");
    }

    private static String text(ExchangeName exchange, VhostName vhost) {
        return "exchange '" + exchange + "' in vhost '" + vhost + "'";
    }
}
